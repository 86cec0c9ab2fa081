"""`tf.compat.v1.reduce_*`: version 2's reductions, with version 1's names for axis and keepdims as well."""

from tapeflow.core.ops.compose import reduce


def _one(new_name, new, old_name, old):
    """The value of an argument that has two names."""
    if old is None:
        return new
    if new is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{new_name}'.")
    return old


def _version1(name):
    function = getattr(reduce, name)

    def reduction(input_tensor, axis=None, keepdims=None, name=None, reduction_indices=None, keep_dims=None):
        axis = _one("axis", axis, "reduction_indices", reduction_indices)
        return function(input_tensor, axis, bool(_one("keepdims", keepdims, "keep_dims", keep_dims)), name)

    reduction.__name__ = reduction.__qualname__ = name
    reduction.__doc__ = f"`tf.{name}`; `reduction_indices` and `keep_dims` are old names of `axis` and `keepdims`."
    return reduction


reduce_all, reduce_any = _version1("reduce_all"), _version1("reduce_any")
reduce_logsumexp, reduce_max = _version1("reduce_logsumexp"), _version1("reduce_max")
reduce_mean, reduce_min = _version1("reduce_mean"), _version1("reduce_min")
reduce_prod, reduce_sum = _version1("reduce_prod"), _version1("reduce_sum")
