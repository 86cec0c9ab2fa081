"""`tf.__operators__`: what Python's operators do with tensors, as functions."""


def add(x, y, name=None):
    """Returns `x + y`."""
    return x + y


def eq(self, other):
    """Returns `self == other`."""
    return self == other


def ne(self, other):
    """Returns `self != other`."""
    return self != other


def getitem(tensor, slice_spec, var=None):
    """Returns `tensor[slice_spec]`."""
    return tensor[slice_spec]


def ragged_getitem(rt_input, key):
    """Returns `rt_input[key]` of a ragged tensor."""
    return rt_input[key]
