"""The GPU benchmark's models with PyTorch: `torch.compile`, fused attention and its fused AdamW."""

import torch
import torch.nn.functional as F

HALF = torch.bfloat16
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def is_on_gpu():
    """Whether PyTorch has a GPU."""
    return DEVICE == "cuda"


def half(x):
    return x.to(HALF)


def rows(table, ids):
    return table[ids.long()]


def reshape(x, shape):
    return x.reshape(shape)


def linear(x, w, b=None):
    y = x.to(HALF) @ w.to(HALF)
    return y if b is None else y + b.to(HALF)


def layer_norm(x, gain, bias):
    return F.layer_norm(x.float(), gain.shape, gain, bias, 1e-5).to(HALF)


def attention(q, k, v):
    heads_first = [x.transpose(1, 2) for x in (q, k, v)]
    return F.scaled_dot_product_attention(*heads_first, is_causal=True).transpose(1, 2)


def gelu(x):
    return F.gelu(x, approximate="tanh")


def cross_entropy(logits, targets):
    return F.cross_entropy(logits.float().flatten(0, -2), targets.long().flatten())


def image(x):
    return x.to(HALF).permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)


def convolution(x, w, stride):
    w = w.to(HALF).permute(3, 2, 0, 1)
    size, kernel = x.shape[2], w.shape[2]
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    if total % 2:
        x = F.pad(x, (total // 2, total - total // 2) * 2)
        total = 0
    return F.conv2d(x, w, stride=stride, padding=total // 2)


def batch_norm(x, gain, bias):
    return F.batch_norm(x.float(), None, None, gain, bias, training=True, eps=1e-5).to(HALF)


def relu(x):
    return F.relu(x)


def max_pool(x):
    return F.max_pool2d(F.pad(x, (0, 1, 0, 1), value=float("-inf")), 3, 2)


def mean_of_places(x):
    return x.float().mean((2, 3)).to(HALF)


def _wait(value):
    if is_on_gpu():
        torch.cuda.synchronize()
    return float(value.float().flatten()[0])


def product(n):
    """A function that multiplies two matrices of size n once, and one that waits for it."""
    a = torch.full((n, n), 0.01, dtype=HALF, device=DEVICE)
    return lambda: a @ a, _wait


def training(loss, weights, batch):
    """A function that makes one step of Adam and gives the loss, and one that waits for it."""
    w = {name: torch.tensor(value, device=DEVICE, requires_grad=True) for name, value in weights.items()}
    batch = tuple(torch.tensor(one, device=DEVICE) for one in batch)
    options = {"fused": True} if is_on_gpu() else {}
    optimizer = torch.optim.Adam(w.values(), 1e-4, (0.9, 0.99), **options)
    # On a processor, where this is a rehearsal, the compiler of C++ would take minutes.
    compiled = torch.compile(loss, backend="inductor" if is_on_gpu() else "aot_eager")

    def once():
        optimizer.zero_grad(set_to_none=True)
        value = compiled(w, *batch)
        value.backward()
        optimizer.step()
        return value.detach()

    return once, _wait
