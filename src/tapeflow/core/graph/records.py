"""The ops that only graphs have: placeholders and constants."""

from tapeflow.core.ops.op import op

placeholder = op(
    "Placeholder", "*, dtype: type, shape: shape = None -> output: dtype", dtype="any", grad=None, stateful=True,
    samples=(),
)  # fmt: skip
const = op(
    "Const", "*, value: tensor, dtype: type -> output: dtype", dtype="any", grad=None,
    kernel=lambda value, dtype: value.host, lower=lambda value, dtype: value.host, samples=(),
)  # fmt: skip
