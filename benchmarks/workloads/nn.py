"""The ops of neural networks, alone, forward and backward: convolutions, pools, normalization, losses, embeddings.

TensorFlow and TapeFlow run them in a traced function, PyTorch as it is. Images are [batch, height, width, channels];
PyTorch gets them as it likes them, channels first in shape and last in memory.
"""

import numpy as np
from harness import case


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def op(name, arrays, tf_function, torch_function, images=(0,), filters=()):
    """Register a workload for an op's value, and one for its value and gradients.

    Args:
        name: Of the workload.
        arrays: The inputs; gradients are taken of the floating ones.
        tf_function, torch_function: `(library, *inputs) -> output`.
        images, filters: Which inputs PyTorch wants in its own layout.
    """

    def tf_family(run, with_gradient):
        tf = run.tf()
        inputs = [tf.constant(a) for a in arrays()]

        def both(*inputs):
            floats = [x for x in inputs if x.dtype.is_floating]
            with tf.GradientTape() as tape:
                tape.watch(floats)
                total = tf.reduce_sum(tf_function(tf, *inputs))
            return [tf.convert_to_tensor(g) for g in tape.gradient(total, floats)]

        function = tf.function(both if with_gradient else lambda *inputs: [tf_function(tf, *inputs)])
        result = function(*inputs)
        run.check(float(np.abs(np.asarray(result[0], np.float64)).sum()))
        run.time(lambda: [np.asarray(x).ravel()[:1] for x in function(*inputs)])

    def torch_family(run, with_gradient):
        torch = run.torch()
        inputs = []
        for i, a in enumerate(arrays()):
            x = torch.from_numpy(a)
            if i in images and x.ndim == 4:
                x = x.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)
            elif i in filters:
                x = x.permute(3, 2, 0, 1).contiguous(memory_format=torch.channels_last)
            inputs.append(x.requires_grad_(with_gradient and x.is_floating_point()))

        def function():
            y = torch_function(torch, *inputs)
            if not with_gradient:
                return y.detach()
            return torch.autograd.grad(y.sum(), [x for x in inputs if x.requires_grad])[0]

        run.check(float(np.abs(function().detach().numpy().astype(np.float64)).sum()))
        run.time(function)

    for kind, with_gradient in (("forward", False), ("gradient", True)):
        case(f"nn/{name}/{kind}", "tf", tol=0.02)(lambda run, g=with_gradient: tf_family(run, g))
        case(f"nn/{name}/{kind}", "torch", tol=0.02)(lambda run, g=with_gradient: torch_family(run, g))


def conv(name, x, w, stride=1):
    """A convolution with padding "SAME", which PyTorch has for odd sizes as half the size on both sides."""

    def torch_function(torch, x, w):
        import torch.nn.functional as f

        size, n = w.shape[-1], x.shape[-1]
        total = max((-(-n // stride) - 1) * stride + size - n, 0)
        if total % 2:
            x, pad = f.pad(x, (total // 2, total - total // 2) * 2), 0
        else:
            pad = total // 2
        return f.conv2d(x, w, stride=stride, padding=pad)

    op(
        f"conv_{name}", lambda: (drawn(*x), drawn(*w, seed=1)),
        lambda tf, x, w: tf.nn.conv2d(x, w, stride, "SAME"), torch_function, filters=(1,),
    )  # fmt: skip


conv("3x3", (16, 28, 28, 64), (3, 3, 64, 64))
conv("3x3_wide", (16, 14, 14, 256), (3, 3, 256, 256))
conv("1x1", (16, 28, 28, 128), (1, 1, 128, 256))
conv("3x3_stride2", (16, 28, 28, 128), (3, 3, 128, 128), 2)
conv("7x7_stride2", (8, 112, 112, 3), (7, 7, 3, 64), 2)
conv("first_of_mnist", (64, 28, 28, 1), (3, 3, 1, 32))
for stride in (1, 2):
    op(
        f"depthwise_stride{stride}", lambda: (drawn(16, 56, 56, 96), drawn(3, 3, 96, 1, seed=1)),
        lambda tf, x, w, s=stride: tf.nn.depthwise_conv2d(x, w, [1, s, s, 1], "SAME"),
        lambda torch, x, w, s=stride: torch.nn.functional.conv2d(
            torch.nn.functional.pad(x, (0, 1, 0, 1)) if s == 2 else x, w.transpose(0, 1), stride=s,
            padding=1 if s == 1 else 0, groups=96,
        ), filters=(1,),
    )  # fmt: skip
op(
    "transpose_stride2", lambda: (drawn(16, 14, 14, 64), drawn(2, 2, 32, 64, seed=1)),
    lambda tf, x, w: tf.nn.conv2d_transpose(x, w, [16, 28, 28, 32], 2, "SAME"),
    lambda torch, x, w: torch.nn.functional.conv_transpose2d(x, w, stride=2), filters=(1,),
)  # fmt: skip
for kind in ("max", "avg"):
    for size, x in ((2, (32, 56, 56, 64)), (3, (8, 56, 56, 64))):
        op(
            f"{kind}_pool{size}", lambda x=x: (drawn(*x),),
            lambda tf, x, k=kind, n=size: getattr(tf.nn, f"{k}_pool2d")(x, n, 2, "VALID"),
            lambda torch, x, k=kind, n=size: getattr(torch.nn.functional, f"{k}_pool2d")(x, n, 2),
        )  # fmt: skip
op(
    "batch_norm", lambda: (drawn(32, 28, 28, 64), np.ones(64, np.float32), np.zeros(64, np.float32)),
    lambda tf, x, s, o: tf.raw_ops.FusedBatchNormV3(
        x=x, scale=s, offset=o, mean=tf.zeros([0]), variance=tf.zeros([0]), epsilon=1e-3
    ).y ** 2,
    lambda torch, x, s, o: torch.nn.functional.batch_norm(x, None, None, s, o, True, eps=1e-3) ** 2,
)  # fmt: skip


def moments_norm(tf, x, s, o):
    mean, variance = tf.nn.moments(x, [0, 1, 2])
    return tf.nn.batch_normalization(x, mean, variance, o, s, 1e-3) ** 2


op(
    "moments_and_norm", lambda: (drawn(32, 28, 28, 64), np.ones(64, np.float32), np.zeros(64, np.float32)),
    moments_norm, lambda torch, x, s, o: torch.nn.functional.batch_norm(x, None, None, s, o, True, eps=1e-3) ** 2,
)  # fmt: skip
for batch, classes in ((128, 10), (128, 1000), (512, 8192)):
    op(
        f"cross_entropy_{classes}",
        lambda b=batch, c=classes: (drawn(b, c), np.random.default_rng(1).integers(0, c, b)),
        lambda tf, x, y: tf.nn.sparse_softmax_cross_entropy_with_logits(y, x),
        lambda torch, x, y: torch.nn.functional.cross_entropy(x, y, reduction="none"),
    )  # fmt: skip
for rows, width, count in ((1000, 128, 8192), (30000, 128, 8192)):
    op(
        f"embedding_{rows}",
        lambda r=rows, w=width, n=count: (drawn(r, w), np.random.default_rng(1).integers(0, r, n)),
        lambda tf, table, ids: tf.nn.embedding_lookup(table, ids) * 2.0,
        lambda torch, table, ids: torch.nn.functional.embedding(ids, table) * 2.0,
    )  # fmt: skip
