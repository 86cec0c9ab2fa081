"""The models of the GPU benchmark, written once for all frameworks: `f` has a framework's forms of a few operations.

Weights are float32 and made by NumPy, so that all frameworks start alike; products are in bfloat16.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Gpt:
    """A GPT's sizes."""

    layers: int = 12
    width: int = 768
    heads: int = 12
    length: int = 1024
    words: int = 50304
    batch: int = 8

    @property
    def flops(self):
        """Of a step, forward and backward: 6 for each weight of a product and token, and attention's, causal."""
        tokens = self.batch * self.length
        weights = 12 * self.layers * self.width**2 + self.words * self.width
        return 6 * weights * tokens + 6 * self.layers * self.width * self.length * tokens

    def weights(self, draw):
        """Name -> array."""
        d, made = self.width, {"words": draw(self.words, self.width), "places": draw(self.length, self.width)}
        for i in range(self.layers):
            for name, m, n in [("qkv", d, 3 * d), ("out", d, d), ("wide", d, 4 * d), ("narrow", 4 * d, d)]:
                made[f"{i}/{name}"], made[f"{i}/{name}_bias"] = draw(m, n), np.zeros(n, np.float32)
            for name in ("before", "after"):
                made[f"{i}/{name}"], made[f"{i}/{name}_bias"] = np.ones(d, np.float32), np.zeros(d, np.float32)
        made["last"], made["last_bias"] = np.ones(d, np.float32), np.zeros(d, np.float32)
        return made | {"logits": draw(d, self.words)}

    def batch_of(self, rng):
        """Tokens and the next ones."""
        text = rng.integers(0, self.words, (self.batch, self.length + 1)).astype(np.int32)
        return text[:, :-1], text[:, 1:]

    def loss(self, f, w, tokens, targets):
        """The mean cross entropy."""
        x = f.half(f.rows(w["words"], tokens) + w["places"])
        for i in range(self.layers):
            y = f.layer_norm(x, w[f"{i}/before"], w[f"{i}/before_bias"])
            qkv = f.linear(y, w[f"{i}/qkv"], w[f"{i}/qkv_bias"])
            heads = f.reshape(qkv, (self.batch, self.length, 3, self.heads, self.width // self.heads))
            y = f.attention(heads[:, :, 0], heads[:, :, 1], heads[:, :, 2])
            y = f.reshape(y, (self.batch, self.length, self.width))
            x = x + f.linear(y, w[f"{i}/out"], w[f"{i}/out_bias"])
            y = f.layer_norm(x, w[f"{i}/after"], w[f"{i}/after_bias"])
            y = f.gelu(f.linear(y, w[f"{i}/wide"], w[f"{i}/wide_bias"]))
            x = x + f.linear(y, w[f"{i}/narrow"], w[f"{i}/narrow_bias"])
        return f.cross_entropy(f.linear(f.layer_norm(x, w["last"], w["last_bias"]), w["logits"]), targets)


@dataclass(frozen=True)
class ResNet:
    """A ResNet-50's sizes."""

    stages: tuple = (3, 4, 6, 3)
    width: int = 64
    size: int = 224
    classes: int = 1000
    batch: int = 64

    def blocks(self):
        """Of each block its name, the widths that come in and go through it, and its stride."""
        came = self.width
        for stage, count in enumerate(self.stages):
            inner = self.width << stage
            for i in range(count):
                yield f"{stage}.{i}", came, inner, 2 if stage and not i else 1
                came = 4 * inner

    @property
    def flops(self):
        """Of a step, forward and backward: 6 for each weight of a convolution and place of its result."""
        place = (self.size // 2) ** 2
        total = 49 * 3 * self.width * place
        place //= 4
        for name, came, inner, stride in self.blocks():
            smaller = place // stride**2
            total += came * inner * place + (9 * inner**2 + 4 * inner**2) * smaller
            total += came * 4 * inner * smaller if name.endswith(".0") else 0
            place = smaller
        return 6 * self.batch * total

    def weights(self, draw):
        """Name -> array; kernels are [height, width, in, out]."""
        made = {}

        def convolution(name, size, m, n, gain=1.0):
            made[name] = draw(size, size, m, n, scale=(2 / (size * size * m)) ** 0.5)
            made[f"{name}_gain"], made[f"{name}_bias"] = np.full(n, gain, np.float32), np.zeros(n, np.float32)

        convolution("stem", 7, 3, self.width)
        for name, came, inner, _ in self.blocks():
            convolution(f"{name}/a", 1, came, inner)
            convolution(f"{name}/b", 3, inner, inner)
            convolution(f"{name}/c", 1, inner, 4 * inner, gain=0.2)
            if name.endswith(".0"):
                convolution(f"{name}/short", 1, came, 4 * inner)
        return made | {"logits": draw(self.width << 5, self.classes), "logits_bias": np.zeros(self.classes, np.float32)}

    def batch_of(self, rng):
        """Images and labels."""
        images = rng.normal(size=(self.batch, self.size, self.size, 3)).astype(np.float32)
        return images, rng.integers(0, self.classes, self.batch).astype(np.int32)

    def loss(self, f, w, images, labels):
        """The mean cross entropy."""

        def unit(x, name, stride=1):
            return f.batch_norm(f.convolution(x, w[name], stride), w[f"{name}_gain"], w[f"{name}_bias"])

        x = f.max_pool(f.relu(unit(f.image(images), "stem", 2)))
        for name, _, _, stride in self.blocks():
            y = f.relu(unit(f.relu(unit(x, f"{name}/a")), f"{name}/b", stride))
            short = unit(x, f"{name}/short", stride) if name.endswith(".0") else x
            x = f.relu(unit(y, f"{name}/c") + short)
        return f.cross_entropy(f.linear(f.mean_of_places(x), w["logits"], w["logits_bias"]), labels)


FULL = {"gpt": Gpt(), "resnet50": ResNet(), "matmul": 8192}
SMALL = {
    "gpt": Gpt(layers=2, width=64, heads=4, length=32, words=128, batch=2),
    "resnet50": ResNet(stages=(1, 1, 1, 1), width=8, size=32, classes=10, batch=2),
    "matmul": 256,
}


def started(model):
    """The weights and the batch that all frameworks start with."""
    rng = np.random.default_rng(0)
    weights = model.weights(lambda *shape, scale=0.02: (scale * rng.standard_normal(shape)).astype(np.float32))
    return weights, model.batch_of(rng)
