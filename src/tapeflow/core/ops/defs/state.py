"""Reading variables: how a tape and a graph see it."""

from tapeflow.core.ops.op import op

read_variable = op(
    "ReadVariableOp", "resource: resource, *, dtype: type -> value: dtype", dtype="any",
    kernel=lambda resource, *, dtype: resource[()].value.host,
    grad=lambda c, dy: dy,
    stateful=True, samples=lambda draw: (draw.resource(), draw.dtype),
)  # fmt: skip
