"""`tf.TensorShape`: construction, questions, algebra, comparison, errors; static broadcasting."""

import copy
import pickle

import numpy as np

from tests.parity.case import Family

case = Family(__name__)


class Four:
    """Counts as a size through `__index__`."""

    def __index__(self):
        return 4


def shape(tf, *sizes):
    return tf.TensorShape(sizes)


def unknown(tf):
    return tf.TensorShape(None)


case.table("""
    make/list: tf.TensorShape([1, None, 3])
    make/unknown: tf.TensorShape(None)
    make/one_size: tf.TensorShape(3)
    make/scalar: tf.TensorShape([])
    make/tuple: tf.TensorShape(())
    make/shape: tf.TensorShape(tf.TensorShape([1, 2]))
    make/keyword: tf.TensorShape(dims=[1])
    make/numpy_size: tf.TensorShape([np.int64(3)])
    make/numpy_integer: tf.TensorShape(np.int64(3))
    make/array: tf.TensorShape(np.array([1, 2]))
    make/array_of_none: tf.TensorShape(np.zeros([0], np.int32))
    make/tensor: tf.TensorShape(tf.constant([1, 2]))
    make/scalar_tensor: tf.TensorShape(tf.constant(3))
    make/size_tensor: tf.TensorShape([tf.constant(3)])
    make/index_object: tf.TensorShape([Four()])
    make/iterator: tf.TensorShape(iter([1, 2]))
    make/range: tf.TensorShape(range(3))
    make/dict: tf.TensorShape({1: 2})
    make/bytes: tf.TensorShape(b"a")
    make/empty_text: tf.TensorShape("")
    make/huge: tf.TensorShape([2**40, 2**63])
    make/text: tf.TensorShape("abc")  # raises: Failed to convert
    make/texts: tf.TensorShape(["a"])  # raises: Dimension value must be integer or None
    make/float: tf.TensorShape([1.0])  # raises: 1.0, float
    make/float_size: tf.TensorShape(3.0)  # raises: 3.0
    make/negative: tf.TensorShape([-1])  # raises: Dimension -1 must be >= 0
    make/nested: tf.TensorShape([[1]])  # raises: list
    make/spec: tf.TensorShape(tf.TensorSpec([1]))  # raises: TensorSpec
    make/object: tf.TensorShape(object())  # raises: object
    make/nothing: tf.TensorShape()  # raises: dims
    text/str: str(shape(tf, 1, None, 3))
    text/str_vector: str(shape(tf, 1))
    text/str_scalar: str(shape(tf))
    text/str_unknown: str(unknown(tf))
    text/repr: repr(shape(tf, 1, None))
    text/repr_unknown: repr(unknown(tf))
    text/format: f"{shape(tf, 1)}"
    equal/list: shape(tf, 1, 2) == [1, 2]
    equal/tuple: shape(tf, 1, 2) == (1, 2)
    equal/none_in_tuple: shape(tf, 1, None) == (1, None)
    equal/partly_known: shape(tf, 1, None) == shape(tf, 1, None)
    equal/unknown: unknown(tf) == unknown(tf)
    equal/none: unknown(tf) == None
    equal/known_and_none: shape(tf, 1) == None
    equal/text: shape(tf, 1, 2) == "abc"
    equal/number: shape(tf, 3) == 3
    equal/float: shape(tf, 1, 2) == 1.5
    equal/set: shape(tf, 1, 2) == {"a"}
    equal/object: shape(tf, 1) == object()
    equal/unknown_and_list: unknown(tf) == [1]
    equal/array: shape(tf, 1, 2) == np.array([1, 2])
    unequal/list: shape(tf, 1, 2) != [1, 2]
    unequal/partly_known: shape(tf, 1, None) != (1, None)
    unequal/unknown: unknown(tf) != unknown(tf)
    unequal/unknown_and_known: unknown(tf) != shape(tf, 1)
    unequal/text: shape(tf, 1, 2) != "abc"
    hash/like_tuple: hash(shape(tf, 1, 2)) == hash((1, 2))
    hash/in_a_set: shape(tf, 1, None) in {shape(tf, 1, None)}
    less: shape(tf, 1) < shape(tf, 2)  # raises: not supported
    item/first: shape(tf, 1, 2)[0]
    item/last: shape(tf, 1, 2)[-1]
    item/numpy: shape(tf, 1, 2)[np.int64(1)]
    item/tensor: shape(tf, 1, 2)[tf.constant(1)]
    item/outside: shape(tf, 1, 2)[5]  # raises
    item/text: shape(tf, 1)["a"]  # raises: str
    item/none: shape(tf, 1)[None]  # raises: NoneType
    item/unknown_rank: unknown(tf)[0]
    slice/tail: shape(tf, 1, 2, 3)[1:]
    slice/reversed: shape(tf, 1, 2, 3)[::-1]
    slice/step: shape(tf, 1, 2, 3)[::2]
    slice/unknown_size: shape(tf, 3, None)[:1]
    slice/unknown_tail: unknown(tf)[1:]
    slice/unknown_middle: unknown(tf)[1:3]
    slice/unknown_head: unknown(tf)[:3]
    slice/unknown_from_end: unknown(tf)[-3:]
    slice/unknown_to_end: unknown(tf)[:-1]
    slice/unknown_step: unknown(tf)[::2]  # raises: Steps
    slice/unknown_step_one: unknown(tf)[1:2:1]  # raises: Steps
    len/known: len(shape(tf, 1, 2))
    len/unknown: len(unknown(tf))  # raises: unknown rank
    bool/scalar: bool(shape(tf))
    bool/unknown: bool(unknown(tf))
    iterate/list: list(shape(tf, 1, None))
    iterate/unknown: list(unknown(tf))  # raises: unknown rank
    iterate/reversed: list(reversed(shape(tf, 1, 2)))
    iterate/in: 1 in shape(tf, 1, 2)
    iterate/sum: sum(shape(tf, 1, 2))
    iterate/array: np.array(shape(tf, 1, 2)).tolist()
    iterate/zeros: np.zeros(shape(tf, 1, 2))
    add/list: shape(tf, 1) + [2]
    add/to_list: [1] + shape(tf, 2)
    add/to_tuple: (1,) + shape(tf, 2)
    add/unknown: shape(tf, 1) + unknown(tf)
    add/to_unknown: unknown(tf) + [1]
    add/none: shape(tf, 1) + None
    add/to_none: None + shape(tf, 1)
    add/number: shape(tf, 1) + 3
    add/to_number: 3 + shape(tf, 1)
    add/text: shape(tf, 1) + "a"  # raises: Failed to convert
    multiply: shape(tf, 1, 2) * 2  # raises: unsupported operand
    concatenate/list: shape(tf, 1).concatenate([2])
    concatenate/none: shape(tf, 1).concatenate(None)
    concatenate/unknown: shape(tf, 1).concatenate(unknown(tf))
    concatenate/number: shape(tf, 5).concatenate(5)
    concatenate/special: shape(tf, 2).__concat__([1])
    as_list/known: shape(tf, 1, None).as_list()
    as_list/unknown: unknown(tf).as_list()  # raises: not defined on an unknown TensorShape
    rank/known: [shape(tf, 1, 2).rank, shape(tf, 1, 2).ndims]
    rank/unknown: [unknown(tf).rank, unknown(tf).ndims, unknown(tf).dims]
    elements/known: shape(tf, 2, 3).num_elements()
    elements/scalar: shape(tf).num_elements()
    elements/unknown_size: shape(tf, 2, None).num_elements()
    elements/unknown_rank: unknown(tf).num_elements()
    elements/huge: shape(tf, 2**40, 2**20).num_elements()
    merge/sizes: shape(tf, 2, None).merge_with([2, 3])
    merge/conflict: shape(tf, 2, None).merge_with([3, 3])  # raises: (2, None), (3, 3)
    merge/ranks: shape(tf, 2, None).merge_with([3])  # raises: not compatible
    merge/unknown: unknown(tf).merge_with([3])
    merge/with_none: shape(tf, 3).merge_with(None)
    merge/number: shape(tf, 1, 2).merge_with(5)  # raises: (5,)
    compatible/partly: shape(tf, 2, None).is_compatible_with([2, 3])
    compatible/conflict: shape(tf, 2, None).is_compatible_with([3, 3])
    compatible/none: shape(tf, 2).is_compatible_with(None)
    compatible/ranks: shape(tf, 2, None).is_compatible_with([2])
    compatible/number: shape(tf, 2).is_compatible_with(2)
    compatible/text: shape(tf, 3).is_compatible_with("q")  # raises: Failed to convert
    compatible/asserted: shape(tf, 2, None).assert_is_compatible_with([3, 3])  # raises: incompatible
    compatible/asserted_true: shape(tf, 2, None).assert_is_compatible_with([2, 3])
    common/partly: shape(tf, 2, None).most_specific_compatible_shape([2, 3])
    common/ranks: shape(tf, 2, None).most_specific_compatible_shape([2])
    common/equal: shape(tf, 2, 3).most_specific_compatible_shape([2, 3])
    common/different: shape(tf, 2, 3).most_specific_compatible_shape([4, 3])
    common/unknown: unknown(tf).most_specific_compatible_shape([2, 3])
    subtype/same: shape(tf, 2, None).is_subtype_of(shape(tf, 2, None))
    subtype/narrower: shape(tf, 2, 3).is_subtype_of(shape(tf, 2, None))
    subtype/wider: shape(tf, 2, None).is_subtype_of(shape(tf, 2, 3))
    subtype/of_unknown: shape(tf, 2, None).is_subtype_of(unknown(tf))
    subtype/unknown: unknown(tf).is_subtype_of(shape(tf, 2))
    subtype/list: shape(tf, 2).is_subtype_of([2])
    subtype/ranks: shape(tf, 2).is_subtype_of(shape(tf, 2, 3))
    supertype/sizes: shape(tf, 2, 3).most_specific_common_supertype([shape(tf, 2, 4)])
    supertype/several: shape(tf, 2, 3).most_specific_common_supertype([shape(tf, 2, 4), shape(tf, 1, 4)])
    supertype/ranks: shape(tf, 2, 3).most_specific_common_supertype([shape(tf, 2)])
    supertype/list: shape(tf, 2, 3).most_specific_common_supertype([[2, 3]])
    supertype/nothing: shape(tf, 2, 3).most_specific_common_supertype([])
    with_rank/same: shape(tf, 2, 3).with_rank(2)
    with_rank/other: shape(tf, 2, 3).with_rank(3)  # raises: (2, 3) must have rank 3
    with_rank/unknown: unknown(tf).with_rank(2)
    with_rank/text: shape(tf, 3).with_rank("q")  # raises
    with_rank/at_least: shape(tf, 2, 3).with_rank_at_least(1)
    with_rank/not_at_least: shape(tf, 2, 3).with_rank_at_least(3)  # raises: at least 3
    with_rank/at_most: shape(tf, 2, 3).with_rank_at_most(3)
    with_rank/not_at_most: shape(tf, 2, 3).with_rank_at_most(1)  # raises: at most 1
    with_rank/unknown_at_most: unknown(tf).with_rank_at_most(3)
    assert_rank/other: shape(tf, 2, 3).assert_has_rank(3)  # raises: must have rank 3
    assert_rank/unknown: unknown(tf).assert_has_rank(3)
    assert_rank/same: shape(tf, 2, 3).assert_same_rank([1, 1])
    assert_rank/not_same: shape(tf, 2, 3).assert_same_rank([1])  # raises: same rank
    defined/yes: shape(tf, 2).is_fully_defined()
    defined/no: shape(tf, None).is_fully_defined()
    defined/unknown: unknown(tf).is_fully_defined()
    defined/asserted: shape(tf, 2, None).assert_is_fully_defined()  # raises: (2, None) is not fully defined
    defined/asserted_unknown: unknown(tf).assert_is_fully_defined()  # raises: <unknown>
    trace/flatten: shape(tf, 2).flatten()
    trace/to_tensors: shape(tf, 2).to_tensors(shape(tf, 2))
    trace/from_tensors: shape(tf, 2).from_tensors(iter([]))
    trace/placeholder: shape(tf, 2).placeholder_value(None)
    trace/cast: shape(tf, 2).cast(shape(tf, 3), None)  # raises: Can not cast
    trace/is_trace_type: isinstance(shape(tf, 2), tf.types.experimental.TraceType)
    copy/pickle: pickle.loads(pickle.dumps(shape(tf, 1, None)))
    copy/deep: copy.deepcopy(shape(tf, 1, None))
    broadcast/sizes: tf.broadcast_static_shape(shape(tf, 1, 3), shape(tf, 2, 1))
    broadcast/unknown_and_known: tf.broadcast_static_shape(shape(tf, None, 3), shape(tf, 2, 1))
    broadcast/unknown_and_one: tf.broadcast_static_shape(shape(tf, None, 3), shape(tf, 1, 1))
    broadcast/unknown_sizes: tf.broadcast_static_shape(shape(tf, None, 3), shape(tf, None, 1))
    broadcast/unknown_rank: tf.broadcast_static_shape(unknown(tf), shape(tf, None, 1))
    broadcast/conflict: tf.broadcast_static_shape(shape(tf, 2), shape(tf, 3))  # raises: (2,), (3,)
    broadcast/scalar: tf.broadcast_static_shape(shape(tf, 2, 3), shape(tf))
    broadcast/empty: tf.broadcast_static_shape(shape(tf, 2, 0), shape(tf, 2, 1))
    dimension_value/number: tf.compat.dimension_value(3)
    dimension_value/none: tf.compat.dimension_value(None)
""")
