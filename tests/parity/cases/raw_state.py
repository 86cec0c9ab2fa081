"""tf.raw_ops of things that last: queues, stages, maps, mutexes, accumulators, tensor arrays."""

import itertools

import numpy as np

from tests.parity.case import Family

case = Family(__name__)
_numbers = itertools.count()

# -- queues ----------------------------------------------------------------------------------------


def _fifo(tf, *numbers, close=False, **attrs):
    # TensorFlow answers two calls without a name with one queue.
    attrs = {"shapes": [[]], "shared_name": f"fifo{next(_numbers)}", **attrs}
    queue = tf.raw_ops.FIFOQueueV2(component_types=[tf.int32], **attrs)
    for number in numbers:
        tf.raw_ops.QueueEnqueueV2(handle=queue, components=[number])
    if close:
        tf.raw_ops.QueueCloseV2(handle=queue)
    return queue


def _priorities(tf):
    queue = tf.raw_ops.PriorityQueueV2(component_types=[tf.string], shapes=[[]])
    for number, text in ((3, "a"), (1, "b"), (1, "c"), (2, "d"), (1, "e")):
        tf.raw_ops.QueueEnqueueV2(handle=queue, components=[tf.constant(number, tf.int64), text])
    return tf.raw_ops.QueueDequeueManyV2(handle=queue, n=5, component_types=[tf.int64, tf.string])


def _shuffled(tf, seed, seed2, close=True):
    queue = tf.raw_ops.RandomShuffleQueueV2(component_types=[tf.int32], shapes=[[]], seed=seed, seed2=seed2)
    tf.raw_ops.QueueEnqueueManyV2(handle=queue, components=[np.arange(10, dtype="i4")])
    return tf.raw_ops.QueueDequeueManyV2(handle=queue, n=10, component_types=[tf.int32])


def _shuffled_queue(tf, seed):
    queue = tf.queue.RandomShuffleQueue(20, 0, tf.int32, shapes=[[]], seed=seed)
    queue.enqueue_many([np.arange(10, dtype="i4")])
    return queue.dequeue_many(10)


def _padded(tf):
    queue = tf.raw_ops.PaddingFIFOQueueV2(component_types=[tf.float32, tf.string], shapes=[[None, 2], [None]])
    for n in (1, 3):
        tf.raw_ops.QueueEnqueueV2(handle=queue, components=[np.ones((n, 2), "f4"), ["x"] * (4 - n)])
    return tf.raw_ops.QueueDequeueManyV2(handle=queue, n=2, component_types=[tf.float32, tf.string])


def _queue_in_function(tf):
    queue = tf.queue.FIFOQueue(5, [tf.int32, tf.string], shapes=[[], []])

    @tf.function
    def work(x):
        queue.enqueue((x, "a"))
        queue.enqueue((x + 1, "b"))
        first = queue.dequeue()
        return first, queue.size()

    return work(tf.constant(1)), work(tf.constant(7)), queue.dequeue_many(2)


case.table("""
    queue/order: [tf.raw_ops.QueueDequeueV2(handle=q, component_types=[tf.int32]) for q in [_fifo(tf, 3, 1)] for _ in range(2)]
    queue/many: tf.raw_ops.QueueDequeueManyV2(handle=_fifo(tf, 3, 1, 2), n=2, component_types=[tf.int32])
    queue/up_to: tf.raw_ops.QueueDequeueUpToV2(handle=_fifo(tf, 3, 1, close=True), n=5, component_types=[tf.int32])
    queue/up_to_none: tf.raw_ops.QueueDequeueUpToV2(handle=_fifo(tf, close=True), n=5, component_types=[tf.int32])  # raises: insufficient elements
    queue/too_few: tf.raw_ops.QueueDequeueManyV2(handle=_fifo(tf, 3, 1, close=True), n=5, component_types=[tf.int32])  # raises: requested 5, current size 2
    queue/negative: tf.raw_ops.QueueDequeueManyV2(handle=_fifo(tf), n=-2, component_types=[tf.int32])  # raises: requested -2 < 0
    queue/size: tf.raw_ops.QueueSizeV2(handle=_fifo(tf, 3, 1))
    queue/closed: [tf.raw_ops.QueueIsClosedV2(handle=_fifo(tf, close=close)) for close in (False, True)]
    queue/close_twice: tf.raw_ops.QueueCloseV2(handle=_fifo(tf, close=True))  # raises: already closed
    queue/close_and_cancel: tf.raw_ops.QueueCloseV2(handle=_fifo(tf, close=True), cancel_pending_enqueues=True)
    queue/put_closed: tf.raw_ops.QueueEnqueueV2(handle=_fifo(tf, close=True), components=[1])  # raises: is closed
    queue/put_wrong: tf.raw_ops.QueueEnqueueV2(handle=_fifo(tf), components=[1.0])  # raises: Signature mismatch
    queue/put_two: tf.raw_ops.QueueEnqueueV2(handle=_fifo(tf), components=[1, 2])  # raises: have: resource, int32, int32
    queue/put_shape: tf.raw_ops.QueueEnqueueV2(handle=_fifo(tf), components=[[1]])  # raises: Expected [], got [1]
    queue/take_wrong: tf.raw_ops.QueueDequeueV2(handle=_fifo(tf, 1), component_types=[tf.float32])  # raises: resource->float
    queue/many_scalars: tf.raw_ops.QueueEnqueueManyV2(handle=_fifo(tf), components=[1])  # raises
    queue/no_shapes: tf.raw_ops.QueueDequeueManyV2(handle=_fifo(tf, 1, shapes=[]), n=1, component_types=[tf.int32])  # raises: specified shapes
    queue/shape_count: tf.raw_ops.FIFOQueueV2(component_types=[tf.int32, tf.int32], shapes=[[]])  # raises: Different number
    queue/unknown: tf.raw_ops.FIFOQueueV2(component_types=[tf.int32], shapes=[[None]])  # raises: not fully defined
    queue/padding_none: tf.raw_ops.PaddingFIFOQueueV2(component_types=[tf.int32])  # raises: received 1 dtypes and 0 shapes
    queue/least: tf.raw_ops.RandomShuffleQueueV2(component_types=[tf.int32], capacity=2, min_after_dequeue=3)  # raises: must be < capacity
    queue/least_negative: tf.raw_ops.RandomShuffleQueueV2(component_types=[tf.int32], min_after_dequeue=-3)  # raises: must be >= 0
    queue/padded: _padded(tf)
    queue/priorities: _priorities(tf)
    queue/shuffled: _shuffled(tf, 1, 0)
    queue/shuffled_two: _shuffled(tf, 3, 4)
    queue/shuffled_class: _shuffled_queue(tf, 1)
    queue/shuffled_other: _shuffled_queue(tf, 3)
    queue/function: _queue_in_function(tf)
    queue/shared: [_fifo(tf, 1, 2, shared_name="raw_more"), tf.raw_ops.QueueSizeV2(handle=_fifo(tf, shared_name="raw_more"))][1]
    queue/shared_other: [_fifo(tf, shared_name="raw_more_2"), tf.raw_ops.FIFOQueueV2(component_types=[tf.float32], shapes=[[]], shared_name="raw_more_2")]  # raises: has component types int32 but requested component types were float
    queue/wrong_handle: tf.raw_ops.QueueSizeV2(handle=tf.Variable(1).handle)  # raises: wrong type
""")
