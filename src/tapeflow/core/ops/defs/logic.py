"""Logic on bools."""

import numpy as np

from tapeflow.core.ops.defs.math import checked
from tapeflow.core.ops.op import op


def _logical(name, kernel, lower):
    return op(
        name, "x: bool, y: bool -> z: bool", kernel=checked(kernel), lower=lower, grad=None,
        samples=lambda draw: (draw.bools((3, 4)), draw.bools((4,))),
    )  # fmt: skip


logical_and = _logical("LogicalAnd", np.logical_and, "jnp.logical_and")
logical_or = _logical("LogicalOr", np.logical_or, "jnp.logical_or")
logical_not = op(
    "LogicalNot", "x: bool -> y: bool", kernel=np.logical_not, lower="jnp.logical_not", grad=None,
    samples=lambda draw: draw.bools((3, 4)),
)  # fmt: skip
