"""tf.queue, tf.CriticalSection, tf.debugging.enable_check_numerics, specs and little names of the top level."""

import numpy as np

from tests.parity.case import Family

case = Family(__name__)


def filled(tf, queue, *elements, close=True):
    for element in elements:
        queue.enqueue(element)
    if close:
        queue.close()
    return queue


def all_of(queue):
    return [queue.dequeue() for _ in range(int(queue.size()))]


case.table("""
    fifo/order: all_of(filled(tf, tf.queue.FIFOQueue(5, tf.int32), 3, 1, 2))
    fifo/size: filled(tf, tf.queue.FIFOQueue(5, "int32"), 3, 1).size()
    fifo/pairs: all_of(filled(tf, tf.queue.FIFOQueue(5, [tf.int32, tf.string]), (1, "a"), (2, "b")))
    fifo/dict: all_of(filled(tf, tf.queue.FIFOQueue(5, [tf.int32, tf.float32], names=["a", "b"]), {"a": 1, "b": 2.0}))
    fifo/many: filled(tf, tf.queue.FIFOQueue(5, tf.int32, shapes=[[]]), 1, 2, 3).dequeue_many(2)
    fifo/many_vectors: filled(tf, tf.queue.FIFOQueue(5, tf.float32, shapes=[[2]]), np.float32([1, 2]), np.float32([3, 4])).dequeue_many(2)
    fifo/up_to: filled(tf, tf.queue.FIFOQueue(5, tf.int32, shapes=[[]]), 1, 2).dequeue_up_to(4)
    fifo/many_none: filled(tf, tf.queue.FIFOQueue(5, tf.int32, shapes=[[]]), 1).dequeue_many(0)
    fifo/enqueue_many: _many(tf)
    fifo/empty_closed: filled(tf, tf.queue.FIFOQueue(5, tf.int32)).dequeue()  # raises: insufficient elements
    fifo/too_few: filled(tf, tf.queue.FIFOQueue(5, tf.int32, shapes=[[]]), 1).dequeue_many(2)  # raises: insufficient elements
    fifo/closed: filled(tf, tf.queue.FIFOQueue(5, tf.int32), 1).enqueue(2)  # raises: closed
    fifo/is_closed: filled(tf, tf.queue.FIFOQueue(5, tf.int32)).is_closed()
    fifo/is_open: tf.queue.FIFOQueue(5, tf.int32).is_closed()
    fifo/dtypes: tf.queue.FIFOQueue(5, [tf.int32, tf.float32]).dtypes
    fifo/shapes: tf.queue.FIFOQueue(5, [tf.int32, tf.float32], shapes=[[], [2]]).shapes
    fifo/names: tf.queue.FIFOQueue(5, [tf.int32, tf.float32], names=["a", "b"]).names
    fifo/wrong_shape: tf.queue.FIFOQueue(5, tf.float32, shapes=[[2]]).enqueue([1.0])  # raises
    fifo/wrong_dtype: tf.queue.FIFOQueue(5, tf.int32).enqueue(1.5)  # raises
    fifo/wrong_names: tf.queue.FIFOQueue(5, tf.int32, names="a").enqueue({"b": 1})  # raises: names
    fifo/no_names: tf.queue.FIFOQueue(5, tf.int32).enqueue({"b": 1})  # raises: names
    fifo/needs_dict: tf.queue.FIFOQueue(5, tf.int32, names="a").enqueue(1)  # raises: dictionary
    fifo/shape_count: tf.queue.FIFOQueue(5, [tf.int32, tf.int32], shapes=[[]])  # raises
    fifo/many_without_shapes: filled(tf, tf.queue.FIFOQueue(5, tf.int32), 1).dequeue_many(1)  # raises: specified shapes
    padding/many: filled(tf, tf.queue.PaddingFIFOQueue(5, tf.int32, [[None]]), np.int32([1]), np.int32([2, 3])).dequeue_many(2)
    padding/matrices: filled(tf, tf.queue.PaddingFIFOQueue(5, [tf.float32], [[None, 2]]), np.ones((1, 2), "f4"), np.ones((2, 2), "f4")).dequeue_many(2)
    priority/order: all_of(filled(tf, tf.queue.PriorityQueue(5, [tf.string], [[]]), (3, "c"), (1, "a"), (2, "b")))
    priority/dtypes: tf.queue.PriorityQueue(5, [tf.string], [[]]).dtypes
    shuffle/all: sorted(int(x) for x in all_of(filled(tf, tf.queue.RandomShuffleQueue(5, 0, tf.int32, seed=1), 3, 1, 2)))
    from_list/wrong: tf.queue.QueueBase.from_list(0, [1])  # raises: list of queues
    critical/value: tf.CriticalSection(name="x").execute(lambda: tf.constant(2) + 1)
    critical/inside: tf.function(lambda: tf.CriticalSection().execute(lambda: tf.constant(2)))()
    numerics/log: _numerics(tf, lambda: tf.math.log([0.0]))  # raises: Detected Infinity or NaN
    numerics/nan: _numerics(tf, lambda: tf.constant([-1.0]) ** 0.5)  # raises: Detected Infinity or NaN
    numerics/fine: _numerics(tf, lambda: tf.math.log([1.0]))
    numerics/asked: _numerics(tf, lambda: tf.math.is_nan(tf.constant([1.0])))
    patches/volume: tf.extract_volume_patches(np.arange(16, dtype="f4").reshape(1, 4, 2, 2, 1), [1, 2, 1, 2, 1], [1, 2, 1, 1, 1], "VALID")
    patches/same: tf.extract_volume_patches(np.arange(8, dtype="f4").reshape(1, 2, 2, 2, 1), [1, 2, 2, 1, 1], [1, 1, 1, 1, 1], "SAME").shape
    spec/none: repr(tf.NoneTensorSpec())
    spec/array: repr(tf.TensorArraySpec([2], tf.int32))
    spec/array_of: tf.TensorArraySpec.from_value(tf.TensorArray(tf.int32, size=2, element_shape=[3])) == tf.TensorArraySpec([3], tf.int32)
    spec/array_compatible: tf.TensorArraySpec([None], tf.int32).is_compatible_with(tf.TensorArray(tf.int32, size=2, element_shape=[3]))
    spec/array_subtype: tf.TensorArraySpec([2], tf.int32).is_subtype_of(tf.TensorArraySpec([2], tf.float32))
    spec/array_wrong: tf.TensorArraySpec.from_value([1])  # raises
    gradient/twice: tf.RegisterGradient("Tanh")(lambda op, dy: dy)  # raises: two gradient
    gradient/name: tf.RegisterGradient(3)  # raises: string
    gradient/none: tf.no_gradient("Tanh")  # raises: two gradient
    batch_function: tf.nondifferentiable_batch_function(1, 10, 100000)(lambda x: x + 1)(tf.constant([1]))
    library/none: tf.load_op_library("/nowhere/lib.so")  # raises
    dlpack/back: tf.experimental.dlpack.from_dlpack(tf.experimental.dlpack.to_dlpack(tf.constant([[1.0, 2.0]])))
    dlpack/array: tf.experimental.dlpack.to_dlpack(np.ones(1))  # raises
    lite/optimize: str(tf.lite.Optimize.DEFAULT)
    xla/compile: tf.xla.experimental.compile(lambda x: x + 1.0, [tf.constant(1.0)])
""")


def _many(tf):
    queue = tf.queue.FIFOQueue(5, tf.int32, shapes=[[]])
    queue.enqueue_many([[1, 2, 3]])
    return all_of(queue)


def _numerics(tf, function):
    tf.debugging.enable_check_numerics()
    try:
        return function()
    finally:
        tf.debugging.disable_check_numerics()
