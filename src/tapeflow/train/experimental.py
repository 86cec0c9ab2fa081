"""`tf.train.experimental`: state of Python in checkpoints, and how checkpoints are cut into files."""

from tapeflow.core.files.python_state import PythonState
from tapeflow.core.files.sharding import MaxShardSizePolicy, ShardableTensor, ShardByTaskPolicy, ShardingCallback
