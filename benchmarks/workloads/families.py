"""The families of ops beside one another: convolution, pooling, embedding, scatter, sort, batched products, pictures,
strings, ragged and sparse tensors, signals. Training steps and image pipelines are elsewhere; here are single ops.

TensorFlow and TapeFlow run eager calls on tensors that are there already, PyTorch the same where it has the op.
Pictures are [batch, height, width, channels]; PyTorch gets them channels first in shape and last in memory.
"""

import os
import tempfile

import numpy as np
from harness import case


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def whole(low, high, *shape, seed=0):
    return np.random.default_rng(seed).integers(low, high, shape)


def op(name, arrays, tf_function, torch_function=None, images=()):
    """Registers `ops/name`: `(library, *inputs) -> output`, inputs made of NumPy arrays; `images` are their numbers."""

    def in_tf(run):
        tf = run.tf()
        inputs = [tf.constant(a) for a in arrays()]
        run.check(checked(np.asarray(tf_function(tf, *inputs))))
        run.time(lambda: np.asarray(tf_function(tf, *inputs)).ravel()[:1])

    def in_torch(run):
        torch = run.torch()
        inputs = [torch.from_numpy(a) for a in arrays()]
        for i in images:
            inputs[i] = inputs[i].permute(0, 3, 1, 2)
        with torch.no_grad():
            run.check(checked(torch_function(torch, *inputs).numpy()))
            run.time(lambda: torch_function(torch, *inputs))

    case(f"ops/{name}", "tf")(in_tf)
    if torch_function is not None:
        case(f"ops/{name}", "torch")(in_torch)


def checked(result):
    """A number that all engines must agree on."""
    if result.dtype == object:
        return float(sum(map(len, result.ravel().tolist())))
    return float(np.abs(result.astype(np.float64)).sum())


# -- convolution and pooling -----------------------------------------------------------------------

PICTURES = lambda: drawn(16, 56, 56, 64)
FILTERS = lambda size, to=64: drawn(size, size, 64, to, seed=1) / 8


def to_torch(filters):
    return filters.permute(3, 2, 0, 1)


op("conv/1x1", lambda: [PICTURES(), FILTERS(1)], lambda tf, x, w: tf.nn.conv2d(x, w, 1, "SAME"),
   lambda torch, x, w: torch.nn.functional.conv2d(x, to_torch(w)), images=[0])  # fmt: skip
op("conv/3x3", lambda: [PICTURES(), FILTERS(3)], lambda tf, x, w: tf.nn.conv2d(x, w, 1, "SAME"),
   lambda torch, x, w: torch.nn.functional.conv2d(x, to_torch(w), padding=1), images=[0])  # fmt: skip
op("conv/7x7_stride_2", lambda: [drawn(8, 112, 112, 3), drawn(7, 7, 3, 64, seed=1)],
   lambda tf, x, w: tf.nn.conv2d(x, w, 2, [[0, 0], [3, 3], [3, 3], [0, 0]]),
   lambda torch, x, w: torch.nn.functional.conv2d(x, to_torch(w), stride=2, padding=3), images=[0])  # fmt: skip
op("conv/depthwise", lambda: [PICTURES(), drawn(3, 3, 64, 1, seed=1)],
   lambda tf, x, w: tf.nn.depthwise_conv2d(x, w, [1, 1, 1, 1], "SAME"),
   lambda torch, x, w: torch.nn.functional.conv2d(x, w.permute(2, 3, 0, 1), padding=1, groups=64),
   images=[0])  # fmt: skip
op("conv/transposed", lambda: [drawn(8, 28, 28, 64), drawn(2, 2, 64, 64, seed=1)],
   lambda tf, x, w: tf.nn.conv2d_transpose(x, w, [8, 56, 56, 64], 2, "SAME"),
   lambda torch, x, w: torch.nn.functional.conv_transpose2d(x, w.permute(3, 2, 0, 1), stride=2),
   images=[0])  # fmt: skip
op("conv/1d", lambda: [drawn(16, 1024, 64), drawn(5, 64, 64, seed=1)], lambda tf, x, w: tf.nn.conv1d(x, w, 1, "SAME"),
   lambda torch, x, w: torch.nn.functional.conv1d(x.permute(0, 2, 1), w.permute(2, 1, 0), padding=2))  # fmt: skip
op("pool/max_2x2", lambda: [PICTURES()], lambda tf, x: tf.nn.max_pool2d(x, 2, 2, "VALID"),
   lambda torch, x: torch.nn.functional.max_pool2d(x, 2), images=[0])  # fmt: skip
op("pool/average_3x3_stride_1", lambda: [PICTURES()], lambda tf, x: tf.nn.avg_pool2d(x, 3, 1, "VALID"),
   lambda torch, x: torch.nn.functional.avg_pool2d(x, 3, 1), images=[0])  # fmt: skip

# -- rows: embedding, scatter, segments, sort ------------------------------------------------------

TABLE, IDS = lambda: drawn(50_000, 128), lambda: whole(0, 50_000, 64, 256, seed=1)
op("embedding/lookup", lambda: [TABLE(), IDS()], lambda tf, w, i: tf.nn.embedding_lookup(w, i),
   lambda torch, w, i: torch.nn.functional.embedding(i, w))  # fmt: skip
op("embedding/lookup_of_few", lambda: [TABLE(), IDS()[:1, :8]], lambda tf, w, i: tf.nn.embedding_lookup(w, i),
   lambda torch, w, i: torch.nn.functional.embedding(i, w))  # fmt: skip
op("scatter/add_rows", lambda: [TABLE(), IDS()[:16].reshape(-1), drawn(4096, 128, seed=2)],
   lambda tf, w, i, x: tf.tensor_scatter_nd_add(w, i[:, None], x),
   lambda torch, w, i, x: w.index_add(0, i, x))  # fmt: skip
op("scatter/segment_sum", lambda: [drawn(200_000, 16), np.sort(whole(0, 5_000, 200_000))],
   lambda tf, x, i: tf.math.segment_sum(x, i),
   lambda torch, x, i: torch.zeros(5_000, 16).index_add_(0, i, x))  # fmt: skip
op("scatter/unsorted_segment_max", lambda: [drawn(200_000, 16), whole(0, 5_000, 200_000)],
   lambda tf, x, i: tf.math.unsorted_segment_max(x, i, 5_000),
   lambda torch, x, i: torch.full((5_000, 16), -torch.inf).index_reduce_(0, i, x, "amax"))  # fmt: skip
op("sort/million", lambda: [drawn(1_000_000)], lambda tf, x: tf.sort(x), lambda torch, x: torch.sort(x)[0])
op("sort/rows", lambda: [drawn(4096, 256)], lambda tf, x: tf.sort(x, axis=-1), lambda torch, x: torch.sort(x, -1)[0])
op("sort/argsort", lambda: [drawn(300_000)], lambda tf, x: tf.argsort(x), lambda torch, x: torch.argsort(x))
op("sort/top_10", lambda: [drawn(256, 10_000)], lambda tf, x: tf.math.top_k(x, 10)[0],
   lambda torch, x: torch.topk(x, 10)[0])  # fmt: skip
op("sort/unique", lambda: [whole(0, 20_000, 300_000)], lambda tf, x: tf.sort(tf.unique(x)[0]),
   lambda torch, x: torch.unique(x))  # fmt: skip

# -- products --------------------------------------------------------------------------------------

op("matmul/batch_of_small", lambda: [drawn(512, 32, 32), drawn(512, 32, 32, seed=1)], lambda tf, a, b: a @ b,
   lambda torch, a, b: a @ b)  # fmt: skip
op("matmul/batch_of_large", lambda: [drawn(8, 512, 512), drawn(8, 512, 512, seed=1)], lambda tf, a, b: a @ b,
   lambda torch, a, b: a @ b)  # fmt: skip
op("matmul/attention", lambda: [drawn(8, 8, 128, 64), drawn(8, 8, 128, 64, seed=1)],
   lambda tf, q, k: tf.einsum("bhqd,bhkd->bhqk", q, k),
   lambda torch, q, k: torch.einsum("bhqd,bhkd->bhqk", q, k))  # fmt: skip
op("matmul/vector", lambda: [drawn(1024, 1024), drawn(1024, seed=1)], lambda tf, a, x: tf.linalg.matvec(a, x),
   lambda torch, a, x: a @ x)  # fmt: skip

# -- pictures --------------------------------------------------------------------------------------

PHOTOS = lambda: np.random.default_rng(0).uniform(0, 1, (8, 224, 224, 3)).astype(np.float32)


def _bilinear(torch, x):
    return torch.nn.functional.interpolate(x, (160, 160), mode="bilinear", align_corners=False)


op("image/resize", lambda: [PHOTOS()], lambda tf, x: tf.image.resize(x, [160, 160]), _bilinear, images=[0])
op("image/flip", lambda: [PHOTOS()], lambda tf, x: tf.image.flip_left_right(x), lambda torch, x: x.flip(3), images=[0])
op("image/adjust_contrast", lambda: [PHOTOS()], lambda tf, x: tf.image.adjust_contrast(x, 0.5))
op("image/rgb_to_grayscale", lambda: [PHOTOS()], lambda tf, x: tf.image.rgb_to_grayscale(x))
op("image/sobel_edges", lambda: [PHOTOS()], lambda tf, x: tf.image.sobel_edges(x))


def _encoded(run, kind):
    """Bytes of a picture that is smooth, with some noise."""
    tf = run.tf()
    y, x = np.mgrid[:224, :224]
    waves = np.stack([127 + 100 * np.sin(x / 9), 127 + 100 * np.cos(y / 7), 127 + 60 * np.sin((x + y) / 11)], -1)
    picture = (waves + drawn(224, 224, 3) * 6).clip(0, 255).astype(np.uint8)
    return tf, (tf.io.encode_png if kind == "png" else tf.io.encode_jpeg)(picture)


def _decoding(kind):
    def measure(run):
        tf, data = _encoded(run, kind)
        decode = tf.io.decode_png if kind == "png" else tf.io.decode_jpeg
        run.check(round(float(np.asarray(decode(data), np.float64).mean())))
        run.time(lambda: decode(data))

    case(f"ops/image/decode_{kind}", "tf", tol=0.02)(measure)


_decoding("png")
_decoding("jpeg")

# -- strings ---------------------------------------------------------------------------------------

WORDS = [f"{word}{k}" for k in range(2_000) for word in ("The quick ", "brown Fox, ", "jumps-over ", "lazy dog ")]


def strings(name, function):
    """Registers `ops/strings/name` over eight thousand short texts."""
    op(f"strings/{name}", lambda: [np.array(WORDS, object)], function)


strings("length", lambda tf, x: tf.strings.length(x))
strings("lower", lambda tf, x: tf.strings.lower(x))
strings("split", lambda tf, x: tf.strings.split(x).flat_values)
strings("regex_replace", lambda tf, x: tf.strings.regex_replace(x, "[^a-z ]", ""))
strings("to_hash_bucket_fast", lambda tf, x: tf.strings.to_hash_bucket_fast(x, 1000))
strings("substr", lambda tf, x: tf.strings.substr(x, 2, 5))
strings("unicode_decode", lambda tf, x: tf.strings.unicode_decode(x, "UTF-8").flat_values)
strings("join", lambda tf, x: tf.strings.join([x, x], "-"))
op("strings/to_number", lambda: [np.array([str(k / 7) for k in range(8_000)], object)],
   lambda tf, x: tf.strings.to_number(x))  # fmt: skip

# -- ragged and sparse -----------------------------------------------------------------------------

LENGTHS = lambda: whole(0, 20, 10_000)


def _ragged(tf, n):
    return tf.RaggedTensor.from_row_lengths(tf.range(tf.reduce_sum(n)), n)


op("ragged/from_lengths_to_dense", lambda: [LENGTHS()], lambda tf, n: _ragged(tf, n).to_tensor())
op("ragged/row_sums", lambda: [LENGTHS()], lambda tf, n: tf.reduce_sum(_ragged(tf, n), 1))
op("ragged/gather", lambda: [LENGTHS()], lambda tf, n: tf.gather(_ragged(tf, n), tf.range(9_999, -1, -2)).flat_values)
op("ragged/concat", lambda: [LENGTHS()], lambda tf, n: tf.concat([_ragged(tf, n)] * 2, 1).flat_values)


def _sparse(tf, i, x):
    return tf.sparse.reorder(tf.SparseTensor(i, x, [2_000, 2_000]))


def _places():
    return [np.stack(np.divmod(np.random.default_rng(0).choice(4_000_000, 40_000, False), 2_000), 1), drawn(40_000)]


def _torch_sparse(torch, i, x):
    return torch.sparse_coo_tensor(i.T, x, (2_000, 2_000))


op("sparse/reorder", _places, lambda tf, i, x: _sparse(tf, i, x).values)
op("sparse/to_dense", _places, lambda tf, i, x: tf.sparse.to_dense(_sparse(tf, i, x)),
   lambda torch, i, x: _torch_sparse(torch, i, x).to_dense())  # fmt: skip
op("sparse/times_dense", lambda: [*_places(), drawn(2_000, 64, seed=1)],
   lambda tf, i, x, b: tf.sparse.sparse_dense_matmul(tf.SparseTensor(i, x, [2_000, 2_000]), b),
   lambda torch, i, x, b: _torch_sparse(torch, i, x) @ b)  # fmt: skip
op("sparse/row_sums", _places, lambda tf, i, x: tf.sparse.reduce_sum(_sparse(tf, i, x), 1))

# -- signals ---------------------------------------------------------------------------------------

SOUND = lambda: drawn(8, 48_000)
op("signal/rfft", lambda: [drawn(256, 2048)], lambda tf, x: tf.abs(tf.signal.rfft(x)),
   lambda torch, x: torch.fft.rfft(x).abs())  # fmt: skip
op("signal/fft2d", lambda: [drawn(8, 256, 256)], lambda tf, x: tf.abs(tf.signal.rfft2d(x)),
   lambda torch, x: torch.fft.rfft2(x).abs())  # fmt: skip
op("signal/frame", lambda: [SOUND()], lambda tf, x: tf.signal.frame(x, 400, 160),
   lambda torch, x: x.unfold(1, 400, 160).contiguous())  # fmt: skip
op("signal/stft", lambda: [SOUND()], lambda tf, x: tf.abs(tf.signal.stft(x, 512, 256)),
   lambda torch, x: torch.stft(
       x, 512, 256, window=torch.hann_window(512), center=False, return_complex=True).abs())  # fmt: skip
op("signal/dct", lambda: [drawn(512, 512)], lambda tf, x: tf.signal.dct(x))


@case("ops/audio/decode_wav", "tf")
def _(run):
    tf = run.tf()
    path = os.path.join(tempfile.mkdtemp(dir=os.environ.get("BENCH_SCRATCH")), "a.wav")
    tf.io.write_file(path, tf.audio.encode_wav(np.clip(drawn(48_000, 2) / 4, -1, 1), 48_000))
    data = tf.io.read_file(path)
    run.check(float(np.abs(np.asarray(tf.audio.decode_wav(data)[0])).mean()))
    run.time(lambda: tf.audio.decode_wav(data))
