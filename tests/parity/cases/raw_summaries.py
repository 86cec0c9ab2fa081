"""tf.raw_ops of summaries: the messages that they make, and what they write into event files."""

import glob
import itertools
import tempfile

import numpy as np

from tests.parity.case import Family

case = Family(__name__)
_numbers = itertools.count()

PICTURES = np.arange(24, dtype="f4").reshape(2, 3, 4, 1)
SOUND = np.linspace(-1, 1, 8, dtype="f4").reshape(1, 4, 2)


def _value(tf, value):
    """What a value of a summary says."""
    kind = value.WhichOneof("value")
    if kind == "simple_value":
        return value.tag, value.simple_value
    if kind == "histo":
        h = value.histo
        return value.tag, h.min, h.max, h.num, h.sum, h.sum_squares, list(h.bucket_limit), list(h.bucket)
    if kind == "image":
        i = value.image
        return value.tag, i.height, i.width, i.colorspace, tf.io.decode_png(i.encoded_image_string)
    if kind == "audio":
        a = value.audio
        sound = tf.audio.decode_wav(a.encoded_audio_string).audio
        return value.tag, a.sample_rate, a.num_channels, a.length_frames, a.content_type, sound
    return value.tag, value.node_name, tf.io.parse_tensor(value.tensor.SerializeToString(), "int32"), (
        value.metadata.plugin_data.plugin_name
    )


def _read(tf, summary):
    return [_value(tf, one) for one in tf.compat.v1.Summary.FromString(summary.numpy()).value]


def _written(tf, write, wrap=lambda f: f):
    """What a writer leaves in its file."""
    folder = tempfile.mkdtemp()
    writer = tf.raw_ops.SummaryWriter(shared_name=f"writer{next(_numbers)}")
    tf.raw_ops.CreateSummaryFileWriter(
        writer=writer, logdir=folder, max_queue=10, flush_millis=1000, filename_suffix=".x"
    )

    def run():
        write(writer)

    wrap(run)()
    tf.raw_ops.CloseSummaryWriter(writer=writer)
    found = []
    for record in tf.data.TFRecordDataset(glob.glob(f"{folder}/*.x")):
        event = tf.compat.v1.Event.FromString(record.numpy())
        found.append((event.step, event.WhichOneof("what"), event.file_version,
                      [_value(tf, one) for one in event.summary.value], event.graph_def))  # fmt: skip
    return found


def _message(tf, *tags):
    return tf.compat.v1.Summary(value=[{"tag": tag, "simple_value": 1.0} for tag in tags]).SerializeToString()


def _graph(tf):
    return tf.compat.v1.GraphDef(node=[tf.compat.v1.NodeDef(name="a", op="NoOp")]).SerializeToString()


def _closed(tf, times):
    folder = tempfile.mkdtemp()
    writer = tf.raw_ops.SummaryWriter(shared_name=f"writer{next(_numbers)}")
    for _ in range(times):
        tf.raw_ops.CreateSummaryFileWriter(
            writer=writer, logdir=folder, max_queue=10, flush_millis=1000, filename_suffix=".x"
        )
        tf.raw_ops.CloseSummaryWriter(writer=writer)
    tf.raw_ops.WriteScalarSummary(writer=writer, step=1, tag="a", value=1.0)


case.table("""
    scalar/one: _read(tf, tf.raw_ops.ScalarSummary(tags="a", values=1))
    scalar/two: _read(tf, tf.raw_ops.ScalarSummary(tags=["a", "b"], values=[1.0, 2.5]))
    scalar/shapes: tf.raw_ops.ScalarSummary(tags=["a"], values=[1.0, 2.0])  # raises: [1] != [2] (tag 'a')
    histogram/some: _read(tf, tf.raw_ops.HistogramSummary(tag="a", values=[1.0, 2.0, -3.0, 0.0]))
    histogram/none: _read(tf, tf.raw_ops.HistogramSummary(tag="a", values=np.zeros(0, "f4")))
    histogram/many: _read(tf, tf.raw_ops.HistogramSummary(tag="a", values=np.linspace(-2, 5, 1000)))
    histogram/large: _read(tf, tf.raw_ops.HistogramSummary(tag="a", values=[1e30, -1e30, 1e-30, 1e-12]))
    histogram/ints: _read(tf, tf.raw_ops.HistogramSummary(tag="a", values=tf.constant([1, 1, 7], tf.uint8)))
    histogram/nan: tf.raw_ops.HistogramSummary(tag="a", values=[np.nan])  # raises: Nan in summary histogram
    histogram/infinite: tf.raw_ops.HistogramSummary(tag="a", values=[np.inf])  # raises: Infinity
    histogram/tags: tf.raw_ops.HistogramSummary(tag=["a", "b"], values=[1.0])  # raises: tags must be scalar
    audio/two_channels: _read(tf, tf.raw_ops.AudioSummaryV2(tag="a", tensor=SOUND, sample_rate=8000.0))
    audio/matrix: _read(tf, tf.raw_ops.AudioSummaryV2(tag="a", tensor=SOUND[..., 0], sample_rate=8000.0, max_outputs=1))
    audio/vector: tf.raw_ops.AudioSummaryV2(tag="a", tensor=SOUND[0, :, 0], sample_rate=8000.0)  # raises
    tensor/one: _read(tf, tf.raw_ops.TensorSummary(tensor=[1, 2], description="d", labels=["l"], display_name="n"))
    tensor/two: _read(tf, tf.raw_ops.TensorSummaryV2(tag="a", tensor=[1, 2], serialized_summary_metadata=b"\\n\\x03\\n\\x01p"))
    merge/two: _read(tf, tf.raw_ops.MergeSummary(inputs=[_message(tf, "a", "b"), _message(tf, "c")]))
    merge/twice: tf.raw_ops.MergeSummary(inputs=[_message(tf, "a"), _message(tf, "a")])  # raises: Duplicate tag a
    merge/wrong: tf.raw_ops.MergeSummary(inputs=[_message(tf, "a"), b"zz"])  # raises: Could not parse
    write/nothing: _written(tf, lambda w: None)
    write/scalar: _written(tf, lambda w: tf.raw_ops.WriteScalarSummary(writer=w, step=3, tag="a", value=2))
    write/scalar_function: _written(tf, lambda w: tf.raw_ops.WriteScalarSummary(writer=w, step=3, tag="a", value=2.0), tf.function)
    write/histogram: _written(tf, lambda w: tf.raw_ops.WriteHistogramSummary(writer=w, step=3, tag="a", values=[True, False, True]))
    write/histogram_nan: _written(tf, lambda w: tf.raw_ops.WriteHistogramSummary(writer=w, step=3, tag="h", values=[np.nan]))  # raises: Nan in summary histogram for: h
    write/image: _written(tf, lambda w: tf.raw_ops.WriteImageSummary(writer=w, step=3, tag="a", tensor=PICTURES, bad_color=np.array([255, 0, 0, 255], "u1")))
    write/image_one: _written(tf, lambda w: tf.raw_ops.WriteImageSummary(writer=w, step=3, tag="a", tensor=PICTURES - 5, bad_color=np.array([255, 0, 0, 255], "u1"), max_images=1))
    write/image_bytes: _written(tf, lambda w: tf.raw_ops.WriteImageSummary(writer=w, step=3, tag="a", tensor=np.arange(24, dtype="u1").reshape(1, 2, 4, 3), bad_color=np.array([255, 0, 0, 255], "u1")))
    write/image_nan: _written(tf, lambda w: tf.raw_ops.WriteImageSummary(writer=w, step=3, tag="a", tensor=np.float32([[[[1, np.nan, 0], [0.5, 1, 0]]]]), bad_color=np.array([9, 8, 7, 255], "u1")))
    write/image_wrong: _written(tf, lambda w: tf.raw_ops.WriteImageSummary(writer=w, step=3, tag="a", tensor=PICTURES[0], bad_color=np.array([255, 0, 0, 255], "u1")))  # raises: 4-D with last dim 1, 3, or 4
    write/audio: _written(tf, lambda w: tf.raw_ops.WriteAudioSummary(writer=w, step=3, tag="a", tensor=SOUND, sample_rate=8000.0))
    write/tensor: _written(tf, lambda w: tf.raw_ops.WriteSummary(writer=w, step=3, tensor=[1, 2], tag="a", summary_metadata=b"\\n\\x03\\n\\x01p"))
    write/tensor_strange: _written(tf, lambda w: tf.raw_ops.WriteSummary(writer=w, step=3, tensor=[1, 2], tag="a", summary_metadata=b"zzz"))
    write/graph: _written(tf, lambda w: tf.raw_ops.WriteGraphSummary(writer=w, step=3, tensor=_graph(tf)))
    write/graph_wrong: _written(tf, lambda w: tf.raw_ops.WriteGraphSummary(writer=w, step=3, tensor=b"zzz"))  # raises: Bad tf.GraphDef
    write/message: _written(tf, lambda w: tf.raw_ops.WriteRawProtoSummary(writer=w, step=3, tensor=_message(tf, "a")))
    write/messages: _written(tf, lambda w: tf.raw_ops.WriteRawProtoSummary(writer=w, step=3, tensor=[_message(tf, "a"), _message(tf, "b")]))
    write/message_wrong: _written(tf, lambda w: tf.raw_ops.WriteRawProtoSummary(writer=w, step=3, tensor=b"zzz"))  # raises: at index 0
    write/event: _written(tf, lambda w: tf.raw_ops.ImportEvent(writer=w, event=tf.compat.v1.Event(step=7, file_version="b").SerializeToString()))
    write/event_wrong: _written(tf, lambda w: tf.raw_ops.ImportEvent(writer=w, event=b"zz"))  # raises: Bad tf.Event
    writer/before: _closed(tf, 0)  # raises
    writer/closed: _closed(tf, 1)  # raises: does not exist
    writer/wrong: tf.raw_ops.FlushSummaryWriter(writer=tf.Variable(1).handle)  # raises
""")
