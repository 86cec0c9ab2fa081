"""Functions with queues, stages, maps, tensor arrays and recurrent blocks, saved and loaded."""

import numpy as np

import tapeflow as tf

raw = tf.raw_ops


class Model(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([4, 2, 3], tf.float32)])
    def layer(self, x):
        zeros = tf.zeros([2])
        start = tf.zeros([2, 2])
        return raw.BlockLSTMV2(seq_len_max=3, x=x, cs_prev=start, h_prev=start, w=tf.ones([5, 8]) * 0.1, wci=zeros,
                               wcf=zeros, wco=zeros, b=tf.zeros([8])).h[:3]  # fmt: skip

    @tf.function(input_signature=[tf.TensorSpec([], tf.int32)])
    def state(self, x):
        queue = raw.FIFOQueueV2(component_types=[tf.int32, tf.float32], shapes=[[], []])
        raw.QueueEnqueueV2(handle=queue, components=[x, 1.5])
        a, b = raw.QueueDequeueV2(handle=queue, component_types=[tf.int32, tf.float32])
        raw.Stage(values=[a], shared_name="saved")
        (c,) = raw.Unstage(shared_name="saved", dtypes=[tf.int32])
        pairs = raw.TensorMapInsert(input_handle=raw.EmptyTensorMap(), key=1, value=c)
        array, flow = raw.TensorArrayV3(size=2, dtype=tf.float32)
        flow = raw.TensorArrayWriteV3(handle=array, index=0, value=b, flow_in=flow)
        found = raw.TensorMapLookup(input_handle=pairs, key=1, value_dtype=tf.int32)
        return found, raw.TensorArrayReadV3(handle=array, index=0, flow_in=flow, dtype=tf.float32)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def tags(self, messages):
        return tf.io.decode_proto(messages, "tensorflow.Summary.Value", ["tag"], [tf.string]).values[0]


def test_a_loaded_function_answers_as_the_saved_one(tmp_path):
    model, x = Model(), np.arange(24, dtype="f4").reshape(4, 2, 3) / 10
    tf.saved_model.save(model, str(tmp_path))
    loaded = tf.saved_model.load(str(tmp_path))
    np.testing.assert_array_equal(loaded.layer(x), model.layer(x))
    assert [float(one) for one in loaded.state(3)] == [3.0, 1.5]
    assert loaded.tags([b"\n\x01a"]).numpy().tolist() == [[b"a"]]
