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
    tf.random.set_seed(5)
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


# -- places to leave tensors -------------------------------------------------------------------------

TWO = ("int32", "float32")


def _staged(tf, *pairs):
    attrs = {"dtypes": [tf.int32, tf.float32], "shared_name": f"stage{next(_numbers)}"}
    for a, b in pairs:
        tf.raw_ops.Stage(values=[tf.constant(a), tf.constant(b)], shared_name=attrs["shared_name"])
    return attrs


def _keyed(tf, prefix, *items):
    attrs = {"dtypes": [tf.int32, tf.float32], "shared_name": f"{prefix}{next(_numbers)}"}
    for key, indices, values in items:
        getattr(tf.raw_ops, f"{prefix}Stage")(
            key=key, indices=indices, values=list(map(tf.constant, values)), **attrs
        )
    return attrs


def _sizes(tf, prefix, attrs):
    return [getattr(tf.raw_ops, f"{prefix}{name}")(**attrs) for name in ("Size", "IncompleteSize")]


def _taken(tf, prefix):
    raw, attrs = tf.raw_ops, _keyed(tf, prefix, (5, [0, 1], [1, 2.0]), (2, [1], [3.0]), (2, [0], [4]), (9, [0], [1]))
    found = [_sizes(tf, prefix, attrs), getattr(raw, f"{prefix}Peek")(key=5, indices=[1, 0][::-1], **attrs)]
    found += [getattr(raw, f"{prefix}Unstage")(key=5, indices=[0, 1], **attrs)]
    found += [getattr(raw, f"{prefix}UnstageNoKey")(indices=[0, 1], **attrs), _sizes(tf, prefix, attrs)]
    getattr(raw, f"{prefix}Clear")(**attrs)
    return [*found, _sizes(tf, prefix, attrs)]


def _ordered(tf):
    attrs = _keyed(tf, "OrderedMap", *((k, [0, 1], [k, 2.0]) for k in (5, 2, 9)))
    return [tf.raw_ops.OrderedMapUnstageNoKey(indices=[0, 1], **attrs) for _ in range(3)]


def _half_gone(tf):
    attrs = _keyed(tf, "Map", (3, [0, 1], [1, 2.0]))
    part = {**attrs, "dtypes": [tf.float32]}
    return [tf.raw_ops.MapUnstage(key=3, indices=[1], **part), tf.raw_ops.MapPeek(key=3, indices=[1], **part)]


def _stage_in_function(tf):
    name = f"stage{next(_numbers)}"

    @tf.function
    def work(x):
        tf.raw_ops.Stage(values=[x], shared_name=name)
        return tf.raw_ops.StageSize(shared_name=name, dtypes=[tf.int32])

    return [work(tf.constant(1)), work(tf.constant(2)), tf.raw_ops.Unstage(shared_name=name, dtypes=[tf.int32])]


def _sparse_map(tf, shapes=((2, 3), (4, 2)), take=lambda handles: handles, dtype="float32"):
    name = f"map{next(_numbers)}"
    handles = [tf.raw_ops.AddSparseToTensorsMap(
        sparse_indices=[[0] * len(shape)], sparse_values=[1.5], sparse_shape=shape, shared_name=name
    ) for shape in shapes]  # fmt: skip
    return handles, tf.raw_ops.TakeManySparseFromTensorsMap(
        sparse_handles=take([int(one) for one in handles]), dtype=dtype, shared_name=name
    )


def _sparse_rows(tf, indices, shape=(3, 3)):
    name = f"map{next(_numbers)}"
    handles = tf.raw_ops.AddManySparseToTensorsMap(
        sparse_indices=indices, sparse_values=[1.5] * len(indices), sparse_shape=shape, shared_name=name
    )
    return handles, tf.raw_ops.TakeManySparseFromTensorsMap(sparse_handles=handles, dtype=tf.float32, shared_name=name)


case.table("""
    stage/size: tf.raw_ops.StageSize(**_staged(tf, (1, 2.0), (3, 4.0)))
    stage/order: [tf.raw_ops.Unstage(**attrs) for attrs in [_staged(tf, (1, 2.0), (3, 4.0))] for _ in range(2)]
    stage/peek: tf.raw_ops.StagePeek(index=1, **_staged(tf, (1, 2.0), (3, 4.0)))
    stage/clear: [[tf.raw_ops.StageClear(**attrs), tf.raw_ops.StageSize(**attrs)] for attrs in [_staged(tf, (1, 2.0))]]
    stage/memory: tf.raw_ops.Stage(values=[np.zeros(100)], memory_limit=10, shared_name="small")  # raises: combined size of '800' bytes
    stage/function: _stage_in_function(tf)
    keyed/map: _taken(tf, "Map")
    keyed/ordered: _taken(tf, "OrderedMap")
    keyed/by_order: _ordered(tf)
    keyed/half_gone: _half_gone(tf)  # raises: has already been removed
    keyed/outside: _keyed(tf, "Map", (4, [5], [1]))  # raises: Index '5' for key '4' was out of bounds '2'
    keyed/twice: _keyed(tf, "Map", (4, [0], [1]), (4, [0], [1]))  # raises: already initialized
    keyed/again: tf.raw_ops.MapPeek(key=3, indices=[0, 1], **_keyed(tf, "Map", (3, [0, 1], [1, 2.0]), (3, [0, 1], [7, 2.0])))
    sparse/two: _sparse_map(tf)
    sparse/twice: _sparse_map(tf, take=lambda handles: handles[:1] * 2)  # raises: Unable to find SparseTensor: 0
    sparse/ranks: _sparse_map(tf, shapes=((2, 3), (4,)))  # raises
    sparse/wrong: _sparse_map(tf, dtype="int32")  # raises
    sparse/none: _sparse_map(tf, take=lambda handles: np.zeros(0, "i8"))  # raises: at least 1
    sparse/rows: _sparse_rows(tf, [[0, 1], [2, 0]])
    sparse/outside: _sparse_rows(tf, [[1, 7]])  # raises: out of bounds
    sparse/vector: _sparse_rows(tf, [[1]], (4,))  # raises: should be > 1
    mutex/free: [tf.raw_ops.ConsumeMutexLock(mutex_lock=tf.raw_ops.MutexLock(mutex=m)) for m in [tf.raw_ops.MutexV2(shared_name="m")] for _ in range(2)]
    mutex/wrong: tf.raw_ops.MutexLock(mutex=tf.Variable(1).handle)  # raises: wrong type
    session/handle: tf.raw_ops.GetSessionHandle(value=1)  # raises: null session state
    session/handle_v2: tf.raw_ops.GetSessionHandleV2(value=1)  # raises: null session state
    session/tensor: tf.raw_ops.GetSessionTensor(handle="a", dtype=tf.int32)  # raises
""")


# -- accumulators and counters -----------------------------------------------------------------------


def _accumulated(tf, *gradients, dtype="float32", reduction="MEAN", step=0, required=1):
    accumulator = tf.raw_ops.ResourceConditionalAccumulator(
        dtype=dtype, shape=[2], reduction_type=reduction, shared_name=f"accumulator{next(_numbers)}"
    )
    for local_step, gradient in gradients:
        tf.raw_ops.ResourceAccumulatorApplyGradient(
            handle=accumulator, local_step=local_step, gradient=tf.constant(gradient, dtype)
        )
        tf.raw_ops.ResourceAccumulatorSetGlobalStep(handle=accumulator, new_global_step=step)
    count = tf.raw_ops.ResourceAccumulatorNumAccumulated(handle=accumulator)
    average = tf.raw_ops.ResourceAccumulatorTakeGradient(handle=accumulator, num_required=required, dtype=dtype)
    return count, average, tf.raw_ops.ResourceAccumulatorNumAccumulated(handle=accumulator)


def _counted(tf, limit, wrap=lambda tf, f: f, times=3):
    variable = tf.Variable(3)
    count = wrap(tf, lambda: tf.raw_ops.ResourceCountUpTo(resource=variable.handle, limit=limit, T=tf.int32))
    return [count() for _ in range(times)], variable.read_value()


def _pieces(tf, splits, paddings, wrap=lambda tf, f: f):
    variable = tf.Variable(np.arange(12, dtype="f4").reshape(3, 4))
    return wrap(tf, lambda: tf.raw_ops.ReadVariableXlaSplitND(
        resource=variable.handle, T=tf.float32, N=int(np.prod(splits)), num_splits=splits, paddings=paddings))()


case.table("""
    accumulator/mean: _accumulated(tf, (0, [1.0, 2.0]), (0, [3.0, 2.0]))
    accumulator/sum: _accumulated(tf, (0, [1.0, 2.0]), (0, [3.0, 2.0]), reduction="SUM")
    accumulator/double: _accumulated(tf, (0, [1.0, 2.0]), (0, [2.0, 2.0]), (0, [2.0, 2.5]), dtype="float64")
    accumulator/half: _accumulated(tf, (0, [1.0, 2.0]), (0, [2.0, 2.0]), dtype="float16")
    accumulator/stale: _accumulated(tf, (0, [1.0, 2.0]), (1, [3.0, 2.0]), (3, [5.0, 6.0]), step=2)
    accumulator/shape: _accumulated(tf, (0, [1.0]))  # raises: expected [2], got [1]
    accumulator/none: _accumulated(tf, (0, [1.0, 2.0]), required=0)  # raises: must be positive
    accumulator/reduction: _accumulated(tf, reduction="MAX")  # raises
    count/up: _counted(tf, 9)
    count/limit: _counted(tf, 5)  # raises: Reached limit of 5
    count/function: _counted(tf, 9, lambda tf, f: tf.function(f))
    count/function_limit: _counted(tf, 5, lambda tf, f: tf.function(f))  # raises: Reached limit of 5
""")
for _splits, _paddings in (([1, 2], []), ([2, 2], [1, 0]), ([3, 1], [0, 0]), ([2, 2], []), ([2], [])):
    case.either(f"pieces/{_splits}_{_paddings}", _pieces, _splits, _paddings)


# -- maps and composites as one value ------------------------------------------------------------------


def _map(tf, *pairs):
    found = tf.raw_ops.EmptyTensorMap()
    for key, value in pairs:
        found = tf.raw_ops.TensorMapInsert(input_handle=found, key=key, value=value)
    return found


def _composite(tf, metadata="", kinds=("int32", "float32")):
    encoded = tf.raw_ops.CompositeTensorVariantFromComponents(components=[1, 2.0], metadata=metadata)
    return tf.raw_ops.CompositeTensorVariantToComponents(encoded=encoded, metadata="", Tcomponents=list(kinds))


def _composite_gradient(tf, wrap=lambda f: f):
    def run(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            encoded = tf.raw_ops.CompositeTensorVariantFromComponents(components=[x, x * 2.0], metadata="")
            a, b = tf.raw_ops.CompositeTensorVariantToComponents(
                encoded=encoded, metadata="", Tcomponents=[tf.float32, tf.float32]
            )
            loss = tf.reduce_sum(a * tf.ensure_shape(b, [2]))
        return tape.gradient(loss, x)

    return wrap(run)(tf.constant([1.0, 2.0]))


def _pushed(tf):
    lists = tf.stack([tf.raw_ops.EmptyTensorList(element_shape=[2], max_num_elements=3, element_dtype=tf.float32)] * 2)
    lists = tf.raw_ops.TensorListPushBackBatch(input_handles=lists, tensor=[[1.0, 2.0], [3.0, 4.0]])
    return [tf.raw_ops.TensorListStack(input_handle=one, element_shape=[2], element_dtype=tf.float32)
            for one in tf.unstack(lists)]  # fmt: skip


case.table("""
    map/size: [tf.raw_ops.TensorMapSize(input_handle=_map(tf, *pairs)) for pairs in ((), ((1, 2.0),), ((1, 2.0), (1, 3.0)), ((1, 2.0), (2, 3.0)))]
    map/has: [tf.raw_ops.TensorMapHasKey(input_handle=_map(tf, ("a", 1)), key=key) for key in ("a", "b")]
    map/lookup: tf.raw_ops.TensorMapLookup(input_handle=_map(tf, (1, [1.0, 2.0]), (2, [3.0])), key=2, value_dtype=tf.float32)
    map/lookup_vector: tf.raw_ops.TensorMapLookup(input_handle=_map(tf, ([1, 2], "a"), ([2, 1], "b")), key=[2, 1], value_dtype=tf.string)
    map/missing: tf.raw_ops.TensorMapLookup(input_handle=_map(tf, (1, 2.0)), key=7, value_dtype=tf.float32)  # raises: Could not find key "7"
    map/wrong_dtype: tf.raw_ops.TensorMapLookup(input_handle=_map(tf, (1, 2.0)), key=1, value_dtype=tf.int32)  # raises: actual float vs. expect int32
    map/erase: tf.raw_ops.TensorMapSize(input_handle=tf.raw_ops.TensorMapErase(input_handle=_map(tf, (1, 2.0)), key=1, value_dtype=tf.float32))
    map/erase_missing: tf.raw_ops.TensorMapErase(input_handle=_map(tf, (1, 2.0)), key=2, value_dtype=tf.float32)  # raises: Could not find key "2"
    map/keys: tf.sort(tf.raw_ops.TensorMapStackKeys(input_handle=_map(tf, (3, 2.0), (1, 2.0)), key_dtype=tf.int32))
    map/keys_wrong: tf.raw_ops.TensorMapStackKeys(input_handle=_map(tf, (3, 2.0)), key_dtype=tf.int64)  # raises: requested dtype
    map/keys_none: tf.raw_ops.TensorMapStackKeys(input_handle=_map(tf), key_dtype=tf.int32)  # raises: empty map
    map/function: tf.function(lambda x: tf.raw_ops.TensorMapLookup(input_handle=_map(tf, (1, x), (2, x + 1)), key=2, value_dtype=tf.float32))(tf.constant(2.0))
    composite/parts: _composite(tf)
    composite/count: _composite(tf, kinds=("int32",))  # raises: has 2 tensor components; expected 1
    composite/dtype: _composite(tf, kinds=("int32", "int32"))  # raises: component 1 had dtype DT_FLOAT; expected dtype DT_INT32
    composite/metadata: _composite(tf, metadata="zzz")  # raises: Error parsing metadata
    composite/gradient: _composite_gradient(tf)
    composite/gradient_function: _composite_gradient(tf, tf.function)
    lists/push: _pushed(tf)
""")


# -- tensor arrays -----------------------------------------------------------------------------------


class _Arrays:
    """The ops on a tensor array, by short names."""

    def __init__(self, tf, size=3, dtype="float32", **attrs):
        self.tf, self.dtype = tf, getattr(tf, dtype)
        self.handle, self.flow = tf.raw_ops.TensorArrayV3(size=size, dtype=self.dtype, **attrs)

    def call(self, name, **args):
        args = {"handle": self.handle, "flow_in": self.flow, **args}
        return getattr(self.tf.raw_ops, f"TensorArray{name}V3")(**args)

    def write(self, *pairs):
        for index, value in pairs:
            self.flow = self.call("Write", index=index, value=value)
        return self

    def read(self, *indices, dtype=None):
        return [self.call("Read", index=i, dtype=dtype or self.dtype) for i in indices]

    def gradient(self, *pairs):
        found = self.call("Grad", source="g")
        grad = object.__new__(_Arrays)
        grad.tf, grad.dtype, (grad.handle, grad.flow) = self.tf, self.dtype, found
        return grad.write(*pairs)


def _array_in_function(tf):
    @tf.function
    def work(x):
        array = _Arrays(tf).write((0, x), (1, x * 2.0), (2, x * 3.0))
        return array.call("Gather", indices=[2, 0, 1], dtype=tf.float32), array.call("Size")

    return work(tf.constant([1.0, 2.0]))


TWO_ROWS = ((0, [1.0, 2.0]), (1, [3.0, 4.0]))
case.table("""
    array/read: _Arrays(tf).write(*TWO_ROWS).read(1, 0)
    array/text: _Arrays(tf, dtype="string").write((0, ["a", "b"]), (1, "c")).read(1, 0)
    array/twice: _Arrays(tf).write((0, 1.0), (0, 1.0))  # raises: already been written
    array/read_twice: _Arrays(tf).write((0, 1.0)).read(0, 0)  # raises: cleared after a previous read
    array/kept: _Arrays(tf, clear_after_read=False).write((0, 1.0)).read(0, 0)
    array/read_written: [a.write((0, 1.0)) for a in [_Arrays(tf).write((0, 1.0))] if a.read(0)]  # raises: already been read
    array/outside: _Arrays(tf).write((3, 1.0))  # raises: not resizeable and size is: 3
    array/negative: _Arrays(tf).write((-1, 1.0))  # raises: index -1
    array/read_outside: _Arrays(tf).read(9)  # raises: array size is: 3
    array/unwritten: _Arrays(tf).read(0)  # raises: not fully defined: <unknown>
    array/zeros: _Arrays(tf, element_shape=[2]).read(0)
    array/dtype: _Arrays(tf).write((0, 1))  # raises: float but Op is trying to write dtype int32
    array/read_dtype: _Arrays(tf).write((0, 1.0)).read(0, dtype=tf.int32)  # raises: float but Op requested dtype int32
    array/shape: _Arrays(tf, element_shape=[2]).write((0, [1.0]))  # raises: value shape is [1] which is incompatible
    array/identical: _Arrays(tf, identical_element_shapes=True).write((0, [1.0]), (1, [1.0, 2.0]))  # raises: inferred element shape: [1]
    array/grows: _Arrays(tf, dynamic_size=True).write((5, 1.0)).call("Size")
    array/size: _Arrays(tf, size=-1)  # raises: >= 0
    array/size_vector: tf.raw_ops.TensorArrayV3(size=[1], dtype=tf.float32)  # raises: must be scalar
    array/gather: _Arrays(tf).write(*TWO_ROWS).call("Gather", indices=[1, 0], dtype=tf.float32)
    array/gather_shapes: _Arrays(tf).write((0, [1.0]), (1, [1.0, 2.0])).call("Gather", indices=[0, 1], dtype=tf.float32)  # raises
    array/gather_none: _Arrays(tf).call("Gather", indices=np.zeros(0, "i4"), dtype=tf.float32)  # raises: size zero
    array/gather_none_known: _Arrays(tf).call("Gather", indices=np.zeros(0, "i4"), dtype=tf.float32, element_shape=[2])
    array/scatter: [a.call("Gather", indices=[0, 2], dtype=tf.float32) for a in [_Arrays(tf)] if a.call("Scatter", indices=[2, 0], value=[[1.0, 2.0], [3.0, 4.0]]) == 0]
    array/scatter_outside: _Arrays(tf).call("Scatter", indices=[7], value=[[1.0]])  # raises: (7 vs. 3)
    array/scatter_count: _Arrays(tf).call("Scatter", indices=[0, 1], value=[[1.0]])  # raises: 2 vs. 1
    array/concat: _Arrays(tf, size=2).write((0, [1.0]), (1, [3.0, 4.0])).call("Concat", dtype=tf.float32)
    array/concat_none: _Arrays(tf, size=0).call("Concat", dtype=tf.float32)  # raises: size zero
    array/split: [a.read(0, 1) for a in [_Arrays(tf, size=2)] if a.call("Split", value=[[1.0], [2.0], [3.0]], lengths=[2, 1]) == 0]
    array/split_sum: _Arrays(tf, size=2).call("Split", value=[[1.0], [2.0]], lengths=[2, 1])  # raises: sum of lengths is 3
    array/split_count: _Arrays(tf, size=2).call("Split", value=[[1.0], [2.0]], lengths=[2])  # raises: (2 vs. 1)
    array/closed: [a.read(0) for a in [_Arrays(tf)] if tf.raw_ops.TensorArrayCloseV3(handle=a.handle) is None]  # raises: already been closed
    array/gradient: _Arrays(tf, size=2).write(*TWO_ROWS).gradient((0, [1.0, 1.0]), (0, [1.0, 2.0])).read(0, 1)
    array/wrong: tf.raw_ops.TensorArraySizeV3(handle=tf.Variable(1).handle, flow_in=0.0)  # raises: wrong type
    array/function: _array_in_function(tf)
""")
