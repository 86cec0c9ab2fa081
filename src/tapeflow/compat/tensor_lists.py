"""`tensorflow.python.ops.list_ops`: lists of tensors, with arguments in the order of that module."""

from tapeflow.core.base import dtypes
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.ops.compose.constant import constant
from tapeflow.core.ops.registry import get
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor


def _sizes(shape):
    """The shape of elements as a tensor: -1 for an unknown size, -1 alone for an unknown rank."""
    if isinstance(shape, Tensor):
        return shape
    known = TensorShape(shape)
    if known.rank is None:
        return constant(-1)
    return constant([-1 if n is None else n for n in known.as_list()], dtype=dtypes.int32, shape=[known.rank])


def empty_tensor_list(element_shape, element_dtype, max_num_elements=None, name=None):
    """Returns a list without elements."""
    most = -1 if max_num_elements is None else max_num_elements
    return get("EmptyTensorList")(_sizes(element_shape), most, element_dtype=element_dtype, name=name)


def tensor_list_reserve(element_shape, num_elements, element_dtype, name=None):
    """Returns a list of so many elements that have no values yet."""
    return get("TensorListReserve")(_sizes(element_shape), num_elements, element_dtype=element_dtype, name=name)


def tensor_list_from_tensor(tensor, element_shape, name=None):
    """Returns the list of a tensor's rows."""
    return get("TensorListFromTensor")(convert(tensor), _sizes(element_shape), name=name)


def tensor_list_get_item(input_handle, index, element_dtype, element_shape=None, name=None):
    """Returns an element."""
    return get("TensorListGetItem")(input_handle, index, _sizes(element_shape), element_dtype=element_dtype, name=name)


def tensor_list_set_item(input_handle, index, item, resize_if_index_out_of_bounds=False, name=None):
    """Returns a list with another element at a place."""
    return get("TensorListSetItem")(
        input_handle, index, item, resize_if_index_out_of_bounds=resize_if_index_out_of_bounds, name=name
    )


def tensor_list_pop_back(input_handle, element_dtype, name=None):
    """Returns the list without its last element, and that."""
    return get("TensorListPopBack")(input_handle, _sizes(None), element_dtype=element_dtype, name=name)


def tensor_list_gather(input_handle, indices, element_dtype, element_shape=None, name=None):
    """Returns elements, stacked."""
    return get("TensorListGather")(input_handle, indices, _sizes(element_shape), element_dtype=element_dtype, name=name)


def tensor_list_scatter(tensor, indices, element_shape=None, input_handle=None, name=None):
    """Returns a list with a tensor's rows at places: a new one, or `input_handle` with these."""
    if input_handle is not None:
        return get("TensorListScatterIntoExistingList")(input_handle, convert(tensor), indices, name=name)
    return get("TensorListScatterV2")(convert(tensor), indices, _sizes(element_shape), -1, name=name)


def tensor_list_stack(input_handle, element_dtype, num_elements=-1, element_shape=None, name=None):
    """Returns all elements, stacked."""
    return get("TensorListStack")(
        input_handle, _sizes(element_shape), element_dtype=element_dtype, num_elements=num_elements, name=name
    )


def tensor_list_concat(input_handle, element_dtype, element_shape=None, name=None):
    """Returns all elements, joined along their first dimension."""
    none = constant([], dtype=dtypes.int64, shape=[0])
    return get("TensorListConcatV2")(input_handle, _sizes(element_shape), none, element_dtype=element_dtype, name=name)[
        0
    ]


def tensor_list_split(tensor, element_shape, lengths, name=None):
    """Returns the list of a tensor's parts of given lengths."""
    return get("TensorListSplit")(tensor, _sizes(element_shape), lengths, name=name)
