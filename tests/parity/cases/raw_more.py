"""tf.raw_ops that nothing in tf is made of: recurrent blocks, layouts, clusters, old control flow."""

import numpy as np

from tests.parity.case import Family

case = Family(__name__)

X = np.arange(6, dtype="f4").reshape(2, 3)
POINTS = np.random.RandomState(0).randn(40, 3).astype("f4")
PICTURE = np.random.RandomState(1).randn(1, 5, 4, 2).astype("f4")
FILTER = np.random.RandomState(2).randn(2, 2, 2, 3).astype("f4")
BORDER = [[0, 0], [1, 1], [1, 0], [0, 0]]
SYMMETRIC = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, 0.25], [0.5, 0.25, 2.0]])

case.table("""
    bool/zero: tf.raw_ops.ToBool(input=0)
    bool/one: tf.raw_ops.ToBool(input=1)
    bool/half: tf.raw_ops.ToBool(input=0.5)
    bool/nan: tf.raw_ops.ToBool(input=float("nan"))
    bool/text: tf.raw_ops.ToBool(input="a")
    bool/no_text: tf.raw_ops.ToBool(input="")
    bool/false: tf.raw_ops.ToBool(input=False)
    bool/none: tf.raw_ops.ToBool(input=np.zeros((0, 2), "f4"))
    bool/zeros: tf.raw_ops.ToBool(input=[0, 0])
    bool/graph: tf.function(lambda x: tf.raw_ops.ToBool(input=x))(tf.constant(2.0))
    fact: tf.raw_ops.Fact()
    fake/shape: tf.raw_ops.FakeParam(dtype=tf.float32, shape=[2, None]).shape
    fake/text: tf.raw_ops.FakeParam(dtype=tf.string, shape=[2])
    snapshot: tf.raw_ops.Snapshot(input=X)
    pinned: tf.raw_ops.CheckPinned(tensor=X)  # raises: pinnedness
    trigger: tf.raw_ops.ControlTrigger()
    sync: tf.raw_ops.SyncDevice()
    device/first: tf.raw_ops.DeviceIndex(device_names=["CPU", "GPU"])
    device/second: tf.raw_ops.DeviceIndex(device_names=["TPU", "CPU"])
    device/none: tf.raw_ops.DeviceIndex(device_names=["GPU", "TPU"])
    immutable/missing: tf.raw_ops.ImmutableConst(dtype=tf.float32, shape=[2], memory_region_name="/not/there")  # raises
    dims/map: tf.raw_ops.DataFormatDimMap(x=[0, 1, 2, 3, -1, -2, -3, -4])
    dims/map_back: tf.raw_ops.DataFormatDimMap(x=[0, 1, 2, 3], src_format="NCHW", dst_format="NHWC")
    dims/map_five: tf.raw_ops.DataFormatDimMap(x=[0, 1, 2, 3, 4], src_format="NDHWC", dst_format="NCDHW")
    dims/map_long: tf.raw_ops.DataFormatDimMap(x=tf.constant([3, 1], tf.int64))
    dims/map_short: tf.raw_ops.DataFormatDimMap(x=[1], src_format="NHC")  # raises: length 4 or 5
    dims/map_other: tf.raw_ops.DataFormatDimMap(x=[1], src_format="NHWD")  # raises: permutation
    dims/permute: tf.raw_ops.DataFormatVecPermute(x=[1, 2, 3, 4])
    dims/permute_back: tf.raw_ops.DataFormatVecPermute(x=[1, 2, 3, 4], src_format="NCHW", dst_format="NHWC")
    dims/permute_hwcn: tf.raw_ops.DataFormatVecPermute(x=[1, 2, 3, 4], src_format="NHWC", dst_format="HWCN")
    dims/permute_pairs: tf.raw_ops.DataFormatVecPermute(x=[[1, 2], [3, 4], [5, 6], [7, 8]])
    dims/permute_two: tf.raw_ops.DataFormatVecPermute(x=[[1, 2], [3, 4]], src_format="NHWC", dst_format="NCWH")
    dims/permute_three: tf.raw_ops.DataFormatVecPermute(x=[1, 2, 3])  # raises: of size 2 or 4
    dims/permute_wide: tf.raw_ops.DataFormatVecPermute(x=[[1, 2, 3]] * 4)  # raises: must be of size 2
    dims/permute_cube: tf.raw_ops.DataFormatVecPermute(x=[[[1]]])  # raises: vector or 2D
    cholesky_grad: tf.raw_ops.CholeskyGrad(l=np.linalg.cholesky(SYMMETRIC), grad=np.tril(SYMMETRIC * 0.1))
    cholesky_grad/full: tf.raw_ops.CholeskyGrad(l=np.linalg.cholesky(SYMMETRIC), grad=SYMMETRIC * 0.1 + np.triu(np.ones((3, 3))))
    pad_conv/reflect: tf.raw_ops.FusedPadConv2D(input=PICTURE, paddings=BORDER, filter=FILTER, mode="REFLECT", strides=[1, 1, 1, 1], padding="VALID")  # loose: 10
    pad_conv/symmetric: tf.raw_ops.FusedPadConv2D(input=PICTURE, paddings=BORDER, filter=FILTER, mode="SYMMETRIC", strides=[1, 2, 2, 1], padding="SAME")  # loose: 10
    pad_conv/resize: tf.raw_ops.FusedResizeAndPadConv2D(input=PICTURE, size=[7, 6], paddings=BORDER, filter=FILTER, mode="REFLECT", strides=[1, 1, 1, 1], padding="VALID")  # loose: 10
    pad_conv/resize_corners: tf.raw_ops.FusedResizeAndPadConv2D(input=PICTURE, size=[3, 9], paddings=BORDER, filter=FILTER, mode="REFLECT", strides=[1, 1, 1, 1], padding="SAME", resize_align_corners=True)  # loose: 10
    nearest/one: tf.raw_ops.NearestNeighbors(points=POINTS[:5], centers=POINTS[5:9], k=1)  # loose: 10
    nearest/three: tf.raw_ops.NearestNeighbors(points=POINTS[:5], centers=POINTS[5:9], k=3)  # loose: 10
    nearest/more: tf.raw_ops.NearestNeighbors(points=POINTS[:5], centers=POINTS[5:7], k=3)  # loose: 10
    nearest/none: tf.raw_ops.NearestNeighbors(points=POINTS[:5], centers=POINTS[5:7], k=0)
    nearest/vector: tf.raw_ops.NearestNeighbors(points=POINTS[0], centers=POINTS[5:7], k=1)  # raises: matrix
    kmeans/too_many: tf.raw_ops.KmeansPlusPlusInitialization(points=POINTS[:2], num_to_sample=3, seed=1, num_retries_per_sample=0)  # raises: 3 vs 2
    kmeans/none: tf.raw_ops.KmeansPlusPlusInitialization(points=POINTS[:2], num_to_sample=0, seed=1, num_retries_per_sample=0)  # raises: num_to_sample > 0
    flow/enter: tf.raw_ops.Enter(data=X, frame_name="a")
    flow/exit: tf.raw_ops.Exit(data=X)
    flow/next: tf.raw_ops.NextIteration(data=X)
    flow/cond: tf.raw_ops.LoopCond(input=True)
    flow/switch: tf.raw_ops.Switch(data=X, pred=True)
    flow/switch_false: tf.raw_ops.Switch(data=["a"], pred=False).output_false
    flow/merge: tf.raw_ops.Merge(inputs=[X, X + 1])
""")
for _seed in range(3):
    for _count in (1, 3, 6):
        for _retries in (0, 2, -1):
            case(f"kmeans/{_seed}_{_count}_{_retries}", lambda tf, s, n, k: tf.raw_ops.KmeansPlusPlusInitialization(
                points=POINTS, num_to_sample=n, seed=s, num_retries_per_sample=k), _seed, _count, _retries)  # fmt: skip


# -- recurrent blocks ------------------------------------------------------------------------------

_random = np.random.RandomState(3)
LAYER = {
    name: _random.uniform(-0.7, 0.7, shape).astype("f4")
    for name, shape in (
        ("x", (4, 2, 3)), ("cs_prev", (2, 2)), ("h_prev", (2, 2)), ("w", (5, 8)), ("wci", (2,)), ("wcf", (2,)),
        ("wco", (2,)), ("b", (8,)),
    )
}  # fmt: skip
GRU = {
    name: _random.uniform(-0.7, 0.7, shape).astype("f4")
    for name, shape in (
        ("x", (2, 3)), ("h_prev", (2, 2)), ("w_ru", (5, 4)), ("w_c", (5, 2)), ("b_ru", (4,)), ("b_c", (2,)),
    )
}  # fmt: skip
AFTER = {name: _random.uniform(0.1, 0.9, (2, 2)).astype("f4") for name in "i cs f o ci co r u c d_h cs_grad h_grad".split()}


def _layer(tf, version, length, dtype="float32", **attrs):
    inputs = {name: tf.cast(x, dtype) for name, x in LAYER.items()}
    return getattr(tf.raw_ops, version)(seq_len_max=length, **inputs, **attrs)


def _layer_gradient(tf, version, length, wrap, **attrs):
    inputs = {name: tf.constant(x) for name, x in LAYER.items()}

    def run():
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            found = getattr(tf.raw_ops, version)(seq_len_max=length, **inputs, **attrs)
            loss = tf.reduce_sum(found.h * tf.range(16, dtype=tf.float32)[:, None][:, 0, None][:4, None] + found.cs[..., :1])
        return tape.gradient(loss, inputs)

    return wrap(tf, run)()


def _cell(tf, **attrs):
    return tf.raw_ops.LSTMBlockCell(**{**LAYER, "x": LAYER["x"][0]}, **attrs)


def _cell_gradient(tf, peephole):
    after = {name: AFTER[name] for name in "i cs f o ci co cs_grad h_grad".split()}
    return tf.raw_ops.LSTMBlockCellGrad(**{**LAYER, "x": LAYER["x"][0]}, **after, use_peephole=peephole)


for _version in ("BlockLSTM", "BlockLSTMV2"):
    for _peephole in (False, True):
        for _length in (0, 2, 4):
            case(
                f"lstm/{_version}/{_peephole}_{_length}",
                # TensorFlow leaves the gates of the steps that are not taken as memory has them.
                lambda tf, v, n, p: [y if name in ("cs", "h") else y[:n] for name, y in _layer(
                    tf, v, n, use_peephole=p)._asdict().items()], _version, _length, _peephole, loose=10,
            )  # fmt: skip
        for _wrap in ("eager", "function"):
            case(
                f"lstm/{_version}/gradient_{_peephole}_{_wrap}",
                lambda tf, v, p, w: _layer_gradient(
                    tf, v, 3, (lambda tf, f: tf.function(f)) if w == "function" else (lambda tf, f: f), use_peephole=p
                ),
                _version, _peephole, _wrap, loose=10,
            )  # fmt: skip
    case(f"lstm/{_version}/clip", lambda tf, v: _layer(tf, v, 4, cell_clip=0.1), _version, loose=10)
    case(f"lstm/{_version}/half", lambda tf, v: _layer(tf, v, 4, "float16"), _version, loose=10)

case.table("""
    lstm/cell: _cell(tf)  # loose: 10
    lstm/cell_peephole: _cell(tf, use_peephole=True)  # loose: 10
    lstm/cell_bias: _cell(tf, forget_bias=0.0, cell_clip=0.2)  # loose: 10
    lstm/cell_no_clip: _cell(tf, cell_clip=-1.0)  # loose: 10
    lstm/cell_grad: _cell_gradient(tf, False)  # loose: 10
    lstm/cell_grad_peephole: _cell_gradient(tf, True)  # loose: 10
    gru/cell: tf.raw_ops.GRUBlockCell(**GRU)  # loose: 10
    gru/grad: tf.raw_ops.GRUBlockCellGrad(**GRU, **{name: AFTER[name] for name in ("r", "u", "c", "d_h")})  # loose: 10
""")
