"""What the ops of datasets and iterators have in common: their kernels are in the room of the pipelines.

In the tables `@` stands for the dataset that comes in, `#` for the dtypes and shapes of the elements that come out, and
`$` for a note that TensorFlow lets programs leave.
"""

import re

from tapeflow.core.ops.op import op
from tapeflow.core.values.late import pipelines

_SHORT = {
    "@": "input_dataset: variant", "#": "output_types: list(type), output_shapes: list(shape)",
    "$": "metadata: string = ''",
}  # fmt: skip
_TYPES = re.compile(r"list\((?!type|shape|string|int)(\w+)\)|: (T\w+)")


def pipeline_op(op_name, inputs, attrs="", outputs="handle: variant"):
    """Defines an op of datasets and iterators: a host op, run anew each time.

    Args:
        op_name: TensorFlow's name.
        inputs, attrs, outputs: The three parts of the signature, see above.
    """
    signature = f"{inputs}, *, {attrs} -> {outputs}"
    for mark, text in _SHORT.items():
        signature = signature.replace(mark, text)
    kinds = {a or b: "any" for a, b in _TYPES.findall(signature)}
    scalars = [()] * len(outputs.split(",")) if outputs else []
    return op(
        op_name, signature, kernel=lambda *values, **attrs: pipelines.run(op_name, values, attrs), grad=None,
        shape=_announced if "list(" in outputs else lambda shapes, attrs: scalars,
        samples=(), stateful=True, reentrant=True, **kinds,
    )  # fmt: skip


def _announced(shapes, attrs):
    return attrs["output_shapes"]
