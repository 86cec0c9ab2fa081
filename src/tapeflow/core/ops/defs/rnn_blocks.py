"""Recurrent cells and layers as one op each: LSTMBlockCell, BlockLSTM, GRUBlockCell and their gradients.

An LSTM's gates stand in one matrix, in the order i, ci, f, o, or in the second version i, f, ci, o (ci: the new input).
"""

import numpy as np

from tapeflow.core.ops.lowering import jnp, lax
from tapeflow.core.ops.op import op

_FIRST, _SECOND = (0, 1, 2, 3), (0, 2, 1, 3)  # where the gates i, ci, f, o stand
_OUTPUTS = "i: T, cs: T, f: T, o: T, ci: T, co: T, h: T"
_WEIGHTS = "w: T, wci: T, wcf: T, wco: T, b: T"
_NAMES = "i cs f o ci co h".split()


def _sigmoid(xp, x):
    return 1 / (1 + xp.exp(-x))


def _halves(xp, *arrays):
    """Half precisions are computed in float32, as TensorFlow's matrix products are."""
    return [x.astype(np.float32) if x.dtype.itemsize == 2 else x for x in arrays]


# -- LSTM ------------------------------------------------------------------------------------------


def _lstm_step(xp, order, x, cs_prev, h_prev, w, wci, wcf, wco, b, forget_bias, cell_clip, use_peephole):
    """One step: i, cs, f, o, ci, co, h."""
    gates = xp.split(xp.concatenate([x, h_prev], 1) @ w + b, 4, 1)
    i, ci, f, o = (gates[k] for k in order)
    f = f + forget_bias
    if use_peephole:
        i, f = i + cs_prev * wci, f + cs_prev * wcf
    i, f, ci = _sigmoid(xp, i), _sigmoid(xp, f), xp.tanh(ci)
    cs = ci * i + cs_prev * f
    if cell_clip > 0:
        cs = xp.clip(cs, -cell_clip, cell_clip)
    o = _sigmoid(xp, o + cs * wco if use_peephole else o)
    co = xp.tanh(cs)
    return i, cs, f, o, ci, co, o * co


def _lstm_step_gradient(xp, order, cs_prev, wci, wcf, wco, outputs, cs_grad, h_grad, use_peephole):
    """The gradients of the last cell state and of the four gates' sums, side by side, from those of cs and h."""
    i, cs, f, o, ci, co = outputs
    do = o * (1 - o) * h_grad * co
    dcs = (1 - co * co) * h_grad * o + cs_grad
    if use_peephole:
        dcs = dcs + do * wco
    dci, df, di = (1 - ci * ci) * dcs * i, f * (1 - f) * dcs * cs_prev, i * (1 - i) * dcs * ci
    gates = [None] * 4
    for gate, k in zip((di, dci, df, do), order, strict=True):
        gates[k] = gate
    cs_prev_grad = dcs * f
    if use_peephole:
        cs_prev_grad = cs_prev_grad + di * wci + df * wcf
    peepholes = [xp.sum(d * s, 0) if use_peephole else xp.zeros_like(wci)
                 for d, s in ((di, cs_prev), (df, cs_prev), (do, cs))]  # fmt: skip
    return cs_prev_grad, xp.concatenate(gates, 1), peepholes


def _cell(xp):
    def run(x, cs_prev, h_prev, w, wci, wcf, wco, b, *, forget_bias, cell_clip, use_peephole):
        wide = _halves(xp, x, cs_prev, h_prev, w, wci, wcf, wco, b)
        found = _lstm_step(xp, _FIRST, *wide, forget_bias, cell_clip, use_peephole)
        return tuple(y.astype(x.dtype) for y in found)

    return run


def _cell_gradient(xp):
    def run(
        x, cs_prev, h_prev, w, wci, wcf, wco, b, i, cs, f, o, ci, co, cs_grad, h_grad, *, use_peephole
    ):  # fmt: skip
        found = _lstm_step_gradient(
            xp, _FIRST, cs_prev, wci, wcf, wco, (i, cs, f, o, ci, co), cs_grad, h_grad, use_peephole
        )
        return found[0], found[1], *found[2]

    return run


def _lstm_layer(order):
    """Kernel and lowering of a layer: the steps from `seq_len_max` on give zeros."""

    def settings(attrs):
        return attrs.get("forget_bias", 0.0), attrs["cell_clip"], attrs["use_peephole"]

    def kernel(seq_len_max, x, cs_prev, h_prev, w, wci, wcf, wco, b, **attrs):
        dtype, weights = x.dtype, _halves(np, w, wci, wcf, wco, b)
        x, cs, h = _halves(np, x, cs_prev, h_prev)
        result = [np.zeros((x.shape[0], *cs.shape), dtype) for _ in _NAMES]
        for t in range(min(int(seq_len_max), len(x))):
            step = _lstm_step(np, order, x[t], cs, h, *weights, *settings(attrs))
            cs, h = step[1], step[6]
            for whole, one in zip(result, step, strict=True):
                whole[t] = one
        return tuple(result)

    def lower(seq_len_max, x, cs_prev, h_prev, w, wci, wcf, wco, b, **attrs):
        dtype, weights = x.dtype, _halves(jnp, w, wci, wcf, wco, b)
        x, cs_prev, h_prev = _halves(jnp, x, cs_prev, h_prev)

        def step(carry, given):
            t, now = given
            found = _lstm_step(jnp, order, now, *carry, *weights, *settings(attrs))
            found = tuple(jnp.where(t < seq_len_max, y, 0) for y in found)
            return (found[1], found[6]), found

        times = jnp.arange(x.shape[0], dtype=np.int64)
        return tuple(y.astype(dtype) for y in lax.scan(step, (cs_prev, h_prev), (times, x))[1])

    return kernel, lower


def _lstm_layer_gradient(order):
    """Kernel and lowering of a layer's gradient, backward in time."""

    def one_step(xp, weights, carry, now, use_peephole):
        """From the gradients that come from later steps, and this step's values, those for the step before."""
        w, wci, wcf, wco = weights
        (dcs, dh), (x, cs_prev, h_prev, *outputs, cs_grad, h_grad) = carry, now
        dcs, gates, peepholes = _lstm_step_gradient(
            xp, order, cs_prev, wci, wcf, wco, outputs, dcs + cs_grad, dh + h_grad, use_peephole
        )
        xh = xp.concatenate([x, h_prev], 1)
        dxh = gates @ w.T
        return (dcs, dxh[:, x.shape[1] :]), dxh[:, : x.shape[1]], (xh.T @ gates, *peepholes, xp.sum(gates, 0))

    def kernel(
        seq_len_max, x, cs_prev, h_prev, w, wci, wcf, wco, b, i, cs, f, o, ci, co, h, cs_grad, h_grad, *, use_peephole
    ):
        states = [np.concatenate([first[None], later[:-1]]) for first, later in ((cs_prev, cs), (h_prev, h))]
        series = (x, *states, i, cs, f, o, ci, co, cs_grad, h_grad)
        carry, x_grad = (np.zeros_like(cs_prev), np.zeros_like(h_prev)), np.zeros_like(x)
        sums = [np.zeros_like(one) for one in (w, wci, wcf, wco, b)]
        for t in reversed(range(min(int(seq_len_max), len(x)))):
            now = [one[t] for one in series]
            carry, x_grad[t], parts = one_step(np, (w, wci, wcf, wco), carry, now, use_peephole)
            sums = [a + part for a, part in zip(sums, parts, strict=True)]
        return x_grad, *carry, *sums

    def lower(
        seq_len_max, x, cs_prev, h_prev, w, wci, wcf, wco, b, i, cs, f, o, ci, co, h, cs_grad, h_grad, *, use_peephole
    ):
        states = [jnp.concatenate([first[None], later[:-1]]) for first, later in ((cs_prev, cs), (h_prev, h))]

        def step(carry, given):
            t, now = given
            known, sums = carry
            found, dx, parts = one_step(jnp, (w, wci, wcf, wco), known, now, use_peephole)
            is_in = t < seq_len_max
            found = tuple(jnp.where(is_in, new, old) for new, old in zip(found, known, strict=True))
            sums = tuple(a + jnp.where(is_in, part, 0) for a, part in zip(sums, parts, strict=True))
            return (found, sums), jnp.where(is_in, dx, 0)

        start = (jnp.zeros_like(cs_prev), jnp.zeros_like(h_prev)), tuple(map(jnp.zeros_like, (w, wci, wcf, wco, b)))
        times = jnp.arange(x.shape[0], dtype=np.int64)
        series = (x, *states, i, cs, f, o, ci, co, cs_grad, h_grad)
        (carry, sums), x_grad = lax.scan(step, start, (times, series), reverse=True)
        return x_grad, *carry, *sums

    return kernel, lower


def _layer_rule(gradient):
    """The gradient of a layer: only those of the cell states and of the outputs count, as in TensorFlow."""

    def rule(c, di, dcs, df, do, dci, dco, dh):
        from tapeflow.core.ops.defs.array import zeros_like

        dcs, dh = (zeros_like(c.h) if d is None else d for d in (dcs, dh))
        grads = gradient()(*c.inputs, *c.outputs, dcs, dh, use_peephole=c.use_peephole)
        return None, *grads

    return rule


def _sample(draw, peephole=True):
    """A layer's inputs: three steps of two examples, three numbers in, two cells."""
    shapes = ((3, 2, 3), (2, 2), (2, 2), (5, 8), (2,), (2,), (2,), (8,))
    return [draw.floats(shape, -0.7, 0.7, dtype="float32") for shape in shapes]


def _layer_shapes(shapes, attrs):
    x, cs = shapes[1:3]
    batch = None if cs is None else tuple(cs)
    return [None if x is None or batch is None else (x[0], *batch)] * 7


def _gradient_shapes(shapes, attrs):
    return list(shapes[1:9])


_PEEP = "use_peephole: bool = False"
_LAYER = f"seq_len_max: int64, x: T, cs_prev: T, h_prev: T, {_WEIGHTS}"
_T = {"T": "float16 | float32"}

for _name, _order, _bias in (
    ("BlockLSTM", _FIRST, "forget_bias: float = 1.0, cell_clip: float = 3.0"),
    ("BlockLSTMV2", _SECOND, "cell_clip: float = 0.0"),
):
    _kernel, _lower = _lstm_layer_gradient(_order)
    _gradient = op(
        _name.replace("LSTM", "LSTMGrad"),
        f"{_LAYER}, {_OUTPUTS}, cs_grad: T, h_grad: T, *, use_peephole: bool -> x_grad: T, cs_prev_grad: T, "
        "h_prev_grad: T, w_grad: T, wci_grad: T, wcf_grad: T, wco_grad: T, b_grad: T",
        **_T, kernel=_kernel, lower=_lower, grad=None, shape=_gradient_shapes,
        samples=lambda draw: (2, *_sample(draw), *(draw.floats((3, 2, 2), 0.1, 0.9, dtype="float32")
                                                   for _ in range(9)), True),
    )  # fmt: skip
    _kernel, _lower = _lstm_layer(_order)
    op(
        _name, f"{_LAYER}, *, {_bias}, {_PEEP} -> {_OUTPUTS}", **_T, kernel=_kernel, lower=_lower,
        grad=_layer_rule(lambda gradient=_gradient: gradient), shape=_layer_shapes,
        samples=lambda draw: {"seq_len_max": 2, "use_peephole": True, **dict(
            zip("x cs_prev h_prev w wci wcf wco b".split(), _sample(draw), strict=True))},
    )  # fmt: skip

lstm_block_cell = op(
    "LSTMBlockCell",
    f"x: T, cs_prev: T, h_prev: T, {_WEIGHTS}, *, forget_bias: float = 1.0, cell_clip: float = 3.0, {_PEEP} "
    f"-> {_OUTPUTS}",
    **_T, kernel=_cell(np), lower=lambda *args, **attrs: _cell(jnp)(*args, **attrs), grad=None,
    samples=lambda draw: (_sample(draw)[0][0], *_sample(draw)[1:], 1.0, 3.0, True),
)  # fmt: skip
lstm_block_cell_grad = op(
    "LSTMBlockCellGrad",
    f"x: T, cs_prev: T, h_prev: T, {_WEIGHTS}, i: T, cs: T, f: T, o: T, ci: T, co: T, cs_grad: T, h_grad: T, *, "
    "use_peephole: bool -> cs_prev_grad: T, dicfo: T, wci_grad: T, wcf_grad: T, wco_grad: T",
    **_T, kernel=_cell_gradient(np), lower=lambda *args, **attrs: _cell_gradient(jnp)(*args, **attrs), grad=None,
    samples=lambda draw: (_sample(draw)[0][0], *_sample(draw)[1:],
                          *(draw.floats((2, 2), 0.1, 0.9, dtype="float32") for _ in range(8)), True),
)  # fmt: skip


# -- GRU -------------------------------------------------------------------------------------------


def _gru(xp):
    def run(x, h_prev, w_ru, w_c, b_ru, b_c):
        r, u = xp.split(_sigmoid(xp, xp.concatenate([x, h_prev], 1) @ w_ru + b_ru), 2, 1)
        c = xp.tanh(xp.concatenate([x, h_prev * r], 1) @ w_c + b_c)
        return r, u, c, u * h_prev + (1 - u) * c

    return run


def _gru_gradient(xp):
    def run(x, h_prev, w_ru, w_c, b_ru, b_c, r, u, c, d_h):
        d_c_bar = d_h * (1 - u) * (1 - c * c)
        d_u_bar = d_h * (h_prev - c) * u * (1 - u)
        d_xhr = d_c_bar @ w_c.T
        d_hr = d_xhr[:, x.shape[1] :]
        d_ru_bar = xp.concatenate([d_hr * h_prev * r * (1 - r), d_u_bar], 1)
        d_xh = d_ru_bar @ w_ru.T
        d_x = d_xhr[:, : x.shape[1]] + d_xh[:, : x.shape[1]]
        return d_x, d_hr * r + d_h * u + d_xh[:, x.shape[1] :], d_c_bar, d_ru_bar

    return run


def _gru_sample(draw):
    shapes = ((2, 3), (2, 2), (5, 4), (5, 2), (4,), (2,))
    return [draw.floats(shape, -0.7, 0.7, dtype="float32") for shape in shapes]


_GRU = "x: T, h_prev: T, w_ru: T, w_c: T, b_ru: T, b_c: T"
gru_block_cell = op(
    "GRUBlockCell", f"{_GRU} -> r: T, u: T, c: T, h: T", T="float32", kernel=_gru(np),
    lower=lambda *args: _gru(jnp)(*args), grad=None, samples=lambda draw: tuple(_gru_sample(draw)),
)  # fmt: skip
gru_block_cell_grad = op(
    "GRUBlockCellGrad",
    f"{_GRU}, r: T, u: T, c: T, d_h: T -> d_x: T, d_h_prev: T, d_c_bar: T, d_r_bar_u_bar: T", T="float32",
    kernel=_gru_gradient(np), lower=lambda *args: _gru_gradient(jnp)(*args), grad=None,
    samples=lambda draw: (*_gru_sample(draw), *(draw.floats((2, 2), 0.1, 0.9, dtype="float32") for _ in range(4))),
)  # fmt: skip
