"""`tf.debugging.enable_check_numerics`: every op is asked for NaN and infinity."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.mode import current, mode
from tapeflow.core.ops.hooks import hooks
from tapeflow.core.values.tensor import EagerTensor

# Ops whose results may be anything: they ask for NaN, or pick among values that are not used.
_EXEMPT = frozenset(
    "CheckNumerics CheckNumericsV2 IsNan IsInf IsFinite Select SelectV2 Where Print PrintV2 Identity Const Bitcast "
    "EmptyTensorList Empty StatelessRandomGetKeyCounter".split()
)
_plain = []


def enable_check_numerics(stack_height_limit=30, path_length_limit=50):
    """Makes every op that runs eagerly fail if its result holds NaN or infinity.

    Args:
        stack_height_limit: Accepted: errors name the user's line by themselves.
        path_length_limit: Accepted.
    """
    if not _plain:
        _plain.append(hooks.execute)
        hooks.execute = _checking
        mode.slow += 1
        mode.special += 1


def disable_check_numerics():
    """Takes `enable_check_numerics` back."""
    if _plain:
        hooks.execute = _plain.pop()
        mode.slow -= 1
        mode.special -= 1


def _checking(record, inputs, attrs, dtypes=None):
    outputs = _plain[0](record, inputs, attrs, dtypes)
    if current.graph is None and record.op_name not in _EXEMPT:
        for i, y in enumerate(outputs):
            if isinstance(y, EagerTensor) and (y.dtype.is_floating or y.dtype.is_complex):
                _check(record, i, np.asarray(y.host), inputs)
    return outputs


def _check(record, i, values, inputs):
    wide = values.astype(np.complex128 if values.dtype.kind == "c" else np.float64)
    finite = np.isfinite(wide)
    if finite.all():
        return
    counts = [
        f"{int(found.sum())} {name}"
        for name, found in (("NaN", np.isnan(wide)), ("Inf", np.isinf(wide)))
        if found.any()
    ]
    raise InvalidArgumentError(
        f"!!! Detected Infinity or NaN in output {i} of eagerly-executing op \"{record.op_name}\" "
        f"(# of outputs: {len(record.outputs)}) !!! {', '.join(counts)} of {values.size} elements",
        got=dict(zip([arg.name for arg in record.inputs], inputs, strict=True)),
    )
