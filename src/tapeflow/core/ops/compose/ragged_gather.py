"""`tf.gather` and its kin of ragged tensors."""

from tapeflow.core.ops.compose import indexing
from tapeflow.core.ops.defs import ragged
from tapeflow.core.values.convert import convert
from tapeflow.core.values.ragged import is_ragged, ragged_of


def gather_rows(params, indices):
    """`params[indices]` along the first axis, of a tensor or ragged tensor; `indices` is a tensor."""
    if not is_ragged(params):
        return indexing.gather(params, indices)
    indices = convert(indices)
    rank = params.ragged_rank + indices.shape.rank - 1
    *splits, values = ragged.ragged_gather.run(
        (params.nested_row_splits, params.flat_values, indices), {"OUTPUT_RAGGED_RANK": rank}
    )
    sizes = indices.shape.as_list()[1:]
    for i, cut in reversed(list(enumerate(splits))):
        # Below the rows that the indices name come the dimensions of the indices, and those are uniform.
        values = ragged_of(values, cut, sizes[i] if i < len(sizes) else None)
    return values
