"""`tf.dtypes`: names."""

from tapeflow.core.base.dtypes import *  # noqa: F403
from tapeflow.core.base.dtypes import DType, as_dtype, bool, double, half, string  # noqa: F401
from tapeflow.core.ops.defs.array import cast  # noqa: F401
