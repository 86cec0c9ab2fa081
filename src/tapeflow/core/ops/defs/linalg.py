"""Matrix products."""

import operator

from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op


def _orient(x, flip):
    return x.swapaxes(-1, -2) if flip else x


matmul_2d = op(
    "MatMul", "a: T, b: T, *, transpose_a: bool = False, transpose_b: bool = False -> product: T", T="numeric",
    kernel=lambda a, b, transpose_a, transpose_b: operator.matmul(_orient(a, transpose_a), _orient(b, transpose_b)),
    lower=lambda a, b, transpose_a, transpose_b: jnp.matmul(_orient(a, transpose_a), _orient(b, transpose_b)),
)  # fmt: skip
batch_matmul = op(
    "BatchMatMulV2", "x: T, y: T, *, adj_x: bool = False, adj_y: bool = False -> output: T", T="numeric",
    kernel=lambda x, y, adj_x, adj_y: operator.matmul(_orient(x, adj_x), _orient(y, adj_y)),
    lower=lambda x, y, adj_x, adj_y: jnp.matmul(_orient(x, adj_x), _orient(y, adj_y)),
)  # fmt: skip
