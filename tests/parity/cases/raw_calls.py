"""tf.raw_ops that call functions, and that pass tensors between devices and calls."""

import numpy as np

from tests.parity.case import Family

case = Family(__name__)

X = np.arange(6, dtype="f4").reshape(2, 3)
HERE = "/job:localhost/replica:0/task:0/device:CPU:0"


def _twice(tf):
    return tf.function(lambda x: x * 2.0, input_signature=[tf.TensorSpec(None, tf.float32)]).get_concrete_function()


def _counted(tf, start, limit, delta, wrap=lambda f: f):
    body = tf.function(
        lambda i, x: x * 2.0 + tf.cast(i, tf.float32),
        input_signature=[tf.TensorSpec([], tf.int32), tf.TensorSpec(None, tf.float32)],
    ).get_concrete_function()
    return wrap(lambda x: tf.raw_ops.For(start=start, limit=limit, delta=delta, input=[x], body=body))(tf.constant(X))


def _python(tf, name, function, kinds=("float32",), wrap=lambda f: f):
    token = _registered(tf, function)
    call = wrap(lambda x: getattr(tf.raw_ops, name)(input=[x], token=token, Tout=[getattr(tf, k) for k in kinds]))
    return call(tf.constant([1.0, 2.0]))


_held = []


def _registered(tf, function):
    from importlib import import_module

    # The same inside of both: TensorFlow's name of it, or ours.
    is_theirs = tf.__name__ == "tensorflow" and "tapeflow" not in (tf.__file__ or "")
    module = import_module("tensorflow.python.ops.script_ops" if is_theirs else "tapeflow.core.trace.python_ops")
    _held.append(function)  # the registry does not
    return (module._py_funcs if is_theirs else module.functions).insert(function)


def _double(a):
    return a * 2


def _fails(a):
    raise ValueError("no such thing")


def _batched(tf):
    found = tf.raw_ops.Batch(
        in_tensors=[X, X + 1], num_batch_threads=1, max_batch_size=4, batch_timeout_micros=1000,
        grad_timeout_micros=1000, shared_name="batch",
    )  # fmt: skip
    back = tf.raw_ops.Unbatch(
        batched_tensor=found.batched_tensors[1] * 2.0, batch_index=found.batch_index, id=found.id,
        timeout_micros=1_000_000, shared_name="batch",
    )  # fmt: skip
    return found.batched_tensors, found.batch_index[:, 1:], back


case.table("""
    remote/here: tf.raw_ops.RemoteCall(target=HERE, args=[X], Tout=[tf.float32], f=_twice(tf))
    remote/short: tf.raw_ops.RemoteCall(target="/device:CPU:0", args=[X], Tout=[tf.float32], f=_twice(tf))
    remote/function: tf.function(lambda x: tf.raw_ops.RemoteCall(target=HERE, args=[x], Tout=[tf.float32], f=_twice(tf)))(tf.constant(X))
    remote/missing: tf.raw_ops.RemoteCall(target="/device:GPU:7", args=[X], Tout=[tf.float32], f=_twice(tf))  # raises: instantiating functions on device
    for/up: _counted(tf, 0, 3, 1)
    for/steps: _counted(tf, 1, 8, 3)
    for/none: _counted(tf, 3, 3, 1)
    for/function: _counted(tf, 0, 3, 1, tf.function)
    batch/function: tf.raw_ops.BatchFunction(in_tensors=[X], captured_tensors=[], f=_twice(tf), num_batch_threads=1, max_batch_size=4, batch_timeout_micros=1000, Tout=[tf.float32])
    batch/padded: tf.raw_ops.BatchFunction(in_tensors=[X], captured_tensors=[], f=_twice(tf), num_batch_threads=1, max_batch_size=4, batch_timeout_micros=1000, allowed_batch_sizes=[3, 4], Tout=[tf.float32])
    batch/parts: _batched(tf)
    collective/reduce: tf.raw_ops.CollectiveReduceV2(input=X, group_size=1, group_key=101, instance_key=1, ordering_token=[], merge_op="Add", final_op="Id")
    collective/mean: tf.raw_ops.CollectiveReduceV2(input=X, group_size=1, group_key=102, instance_key=1, ordering_token=[], merge_op="Add", final_op="Div")
    collective/wrong: tf.raw_ops.CollectiveReduceV2(input=X, group_size=1, group_key=103, instance_key=1, ordering_token=[], merge_op="Sum", final_op="Div")  # raises: merge_op
    collective/function: tf.function(lambda x: tf.raw_ops.CollectiveReduceV2(input=x, group_size=1, group_key=104, instance_key=1, ordering_token=[], merge_op="Max", final_op="Id"))(X)
    collective/reduce_v1: tf.raw_ops.CollectiveReduce(input=X, group_size=1, group_key=105, instance_key=1, merge_op="Mul", final_op="Id", subdiv_offsets=[0])
    collective/gather: tf.raw_ops.CollectiveGather(input=X, group_size=1, group_key=106, instance_key=1, shape=[2, 3])
    collective/send: tf.raw_ops.CollectiveBcastSend(input=X, group_size=1, group_key=107, instance_key=1, shape=[2, 3])
    collective/send_shape: tf.raw_ops.CollectiveBcastSend(input=X, group_size=1, group_key=108, instance_key=1, shape=[2, 4])  # raises
    python/numpy: _python(tf, "PyFunc", _double)
    python/stateless: _python(tf, "PyFuncStateless", _double)
    python/function: _python(tf, "PyFunc", _double, wrap=tf.function)
    python/eager: _python(tf, "EagerPyFunc", _double)
    python/eager_function: _python(tf, "EagerPyFunc", _double, wrap=tf.function)
    python/dtype: _python(tf, "PyFunc", _double, ("float64",))  # raises: is float, but expects double
    python/count: _python(tf, "PyFunc", _double, ("float32", "float32"))  # raises: returns 1 values, but expects to see 2
    python/fails: _python(tf, "PyFunc", _fails)  # raises: no such thing
    python/unknown: tf.raw_ops.PyFunc(input=[X], token="zz", Tout=[tf.float32])  # raises: Could not find callback with key=zz
    python/unknown_eager: tf.raw_ops.EagerPyFunc(input=[X], token="zz", Tout=[tf.float32])  # raises: Could not find callback with key=zz
    flow/send: tf.raw_ops.Send(tensor=X, tensor_name="a", send_device=HERE, send_device_incarnation=1, recv_device=HERE)
""")


def _mapped(tf, wrap=lambda f: f):
    function = tf.function(
        lambda a, b, c: (a * c, a + b), input_signature=[tf.TensorSpec([3], tf.float32)] * 2 + [tf.TensorSpec([], tf.float32)]
    ).get_concrete_function()
    return wrap(lambda x: tf.raw_ops.MapDefun(
        arguments=[x, x + 1.0], captured_inputs=[2.0], output_types=[tf.float32, tf.float32], output_shapes=[[3], [3]],
        f=function))(tf.constant(X))  # fmt: skip


def _records(tf):
    import os
    import tempfile

    place = os.path.join(tempfile.mkdtemp(), "records")
    with tf.io.TFRecordWriter(place) as writer:
        for i in range(6):
            writer.write(b"r%d" % i)
    taken = tf.raw_ops.RecordInput(file_pattern=place, batch_size=6)
    return sorted(taken.numpy().tolist())


case.table("""
    map/slices: _mapped(tf)
    map/function: _mapped(tf, tf.function)
    records/all: _records(tf)
""")
