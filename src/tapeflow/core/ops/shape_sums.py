"""Undoing a broadcast: the gradient of an input that was stretched is the sum over what it was stretched along."""


def sum_to(dz, x):
    """`dz` summed down to the shape of `x`, which broadcasts to it."""
    if dz._dtype is x._dtype and dz.static_shape == x.static_shape:
        return dz
    from tapeflow.core.ops.defs.array import reshape
    from tapeflow.core.ops.defs.reduce import sum_

    small, large = x.shape.as_list(), dz.shape.as_list()
    extra = len(large) - len(small)
    axes = [*range(extra), *(i + extra for i, n in enumerate(small) if n == 1 and large[i + extra] != 1)]
    return reshape(sum_(dz, axes), small) if axes else dz
