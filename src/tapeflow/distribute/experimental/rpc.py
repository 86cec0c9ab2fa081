"""`tf.distribute.experimental.rpc`: calls of other processes, which TapeFlow has none of."""

from tapeflow.core.distribute.coordinators import RpcClient as Client
from tapeflow.core.distribute.coordinators import RpcServer as Server
