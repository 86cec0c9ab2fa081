"""Small functions of TensorFlow's inside that libraries built on it call."""

import hashlib

from tapeflow.core.files.structured import NotEncodableError, decode, encode
from tapeflow.core.ops.compose.array import get_static_value, rank, shape
from tapeflow.core.ops.compose.assertions import assert_equal
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor


def smart_constant_value(pred):
    """Returns the bool that a predicate is known to be, or None.

    Raises:
        TypeError: It is neither a tensor nor a bool, 0 or 1.
    """
    if isinstance(pred, Tensor):
        return get_static_value(pred)
    if isinstance(pred, (bool, int)) and pred in (0, 1):
        return bool(pred)
    raise TypeError(f"Argument `pred` must be a Tensor, or a Python bool, or 1 or 0. Received: pred={pred}")


def encode_structure(nested_structure):
    """Returns the `StructuredValue` of a structure."""
    return encode(nested_structure)


def can_encode(nested_structure):
    """Returns whether there is a `StructuredValue` of a structure."""
    try:
        encode(nested_structure)
    except NotEncodableError:
        return False
    return True


def decode_proto(proto):
    """Returns the structure of a `StructuredValue`."""
    return decode(proto)


def gen_new_seed(seed, salt):
    """Returns another seed for each salt, None for None."""
    if seed is None:
        return None
    return int(hashlib.md5(f"{seed}{salt}".encode(), usedforsecurity=False).hexdigest()[:8], 16) & 0x7FFFFFFF


def make_all(module_name, doc_string_modules=None):
    """Returns no names."""
    return []


def remove_undocumented(module_name, allowed_exception_list=None, doc_string_modules=None):
    """Does nothing: TensorFlow removed names that its documentation leaves out."""


def reveal_undocumented(symbol_name, target_module=None):
    """Does nothing: nothing was removed."""


def assert_broadcastable(weights, values):
    """Returns an op that fails unless weights are of the rank of `values`, each size 1 or theirs, or a scalar."""
    weights, values = convert(weights), convert(values)
    if weights.shape.rank == 0:
        return None
    return assert_equal(rank(weights), rank(values), "weights can not be broadcast to values.")


def get_path_to_datafile(path):
    """Returns a path to a file beside the caller."""
    import inspect
    import os

    return os.path.join(os.path.dirname(inspect.stack()[1].filename), path)
