"""ResourceApply…: the update steps of optimizers, on the handles of variables.

Each step is one formula over NumPy arrays, in order of `slots`: it is given the variable, its slots and the numbers by
name, and returns their new values. The Sparse form does the same to single rows, one after the other.
"""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.assign import _set
from tapeflow.core.ops.defs.state import storage_of, value_of
from tapeflow.core.ops.op import op


def _gradient_descent(var, alpha, delta):
    return (var - alpha * delta,)


def _proximal_gradient_descent(var, alpha, l1, l2, delta):
    return (_shrunk(var - alpha * delta, alpha, l1, l2),)


def _shrunk(x, rate, l1, l2):
    """The proximal step: towards zero by `l1`, smaller by `l2`."""
    if np.any(l1 > 0):
        x = np.sign(x) * np.maximum(np.abs(x) - rate * l1, 0)
    return x / (1 + rate * l2)


def _momentum(var, accum, lr, grad, momentum, use_nesterov):
    accum = accum * momentum + grad
    return var - (grad * lr + accum * momentum * lr if use_nesterov else accum * lr), accum


def _keras_momentum(var, accum, lr, grad, momentum, use_nesterov):
    accum = accum * momentum - grad * lr
    return var + (accum * momentum - grad * lr if use_nesterov else accum), accum


def _adagrad(var, accum, lr, grad, update_slots):
    accum = accum + grad * grad if update_slots else accum
    return var - lr * grad / np.sqrt(accum), accum


def _adagrad_v2(var, accum, lr, epsilon, grad, update_slots):
    accum = accum + grad * grad if update_slots else accum
    return var - lr * grad / (np.sqrt(accum) + epsilon), accum


def _adagrad_da(var, gradient_accumulator, gradient_squared_accumulator, grad, lr, l1, l2, global_step):
    total = gradient_accumulator + grad
    squares = gradient_squared_accumulator + grad * grad
    step = np.asarray(global_step, var.dtype)
    push = np.sign(-total) * np.maximum(np.abs(total) - l1 * step, 0) if l1 > 0 else -total
    return lr * push / (l2 * step * lr + np.sqrt(squares)), total, squares


def _proximal_adagrad(var, accum, lr, l1, l2, grad):
    accum = accum + grad * grad
    rate = lr / np.sqrt(accum)
    return _shrunk(var - grad * rate, rate, l1, l2), accum


def _adadelta(var, accum, accum_update, lr, rho, epsilon, grad):
    accum = accum * rho + grad * grad * (1 - rho)
    update = np.sqrt(accum_update + epsilon) / np.sqrt(accum + epsilon) * grad
    return var - update * lr, accum, accum_update * rho + update * update * (1 - rho)


def _moments(m, v, beta1, beta2, grad):
    return m + (grad - m) * (1 - beta1), v + (grad * grad - v) * (1 - beta2)


def _adam(var, m, v, beta1_power, beta2_power, lr, beta1, beta2, epsilon, grad, use_nesterov):
    m, v = _moments(m, v, beta1, beta2, grad)
    rate = lr * np.sqrt(1 - beta2_power) / (1 - beta1_power)
    ahead = m * beta1 + (1 - beta1) * grad if use_nesterov else m
    return var - ahead * rate / (np.sqrt(v) + epsilon), m, v


def _adam_with_amsgrad(var, m, v, vhat, beta1_power, beta2_power, lr, beta1, beta2, epsilon, grad):
    m, v = _moments(m, v, beta1, beta2, grad)
    vhat = np.maximum(vhat, v)
    rate = lr * np.sqrt(1 - beta2_power) / (1 - beta1_power)
    return var - m * rate / (np.sqrt(vhat) + epsilon), m, v, vhat


def _ada_max(var, m, v, beta1_power, lr, beta1, beta2, epsilon, grad):
    m = m + (grad - m) * (1 - beta1)
    v = np.maximum(beta2 * v, np.abs(grad))
    return var - lr / (1 - beta1_power) * (m / (v + epsilon)), m, v


def _rms_prop(var, ms, mom, lr, rho, momentum, epsilon, grad):
    ms = ms + (grad * grad - ms) * (1 - rho)
    mom = mom * momentum + grad * lr / np.sqrt(ms + epsilon)
    return var - mom, ms, mom


def _centered_rms_prop(var, mg, ms, mom, lr, rho, momentum, epsilon, grad):
    ms = ms + (grad * grad - ms) * (1 - rho)
    mg = mg + (grad - mg) * (1 - rho)
    mom = mom * momentum + grad * lr / np.sqrt(ms - mg * mg + epsilon)
    return var - mom, mg, ms, mom


def _ftrl(var, accum, linear, grad, lr, l1, l2, lr_power, multiply_linear_by_lr, l2_shrinkage=0):
    shrunk = grad + 2 * l2_shrinkage * var
    total = accum + grad * grad
    growth = total**-lr_power - accum**-lr_power
    if multiply_linear_by_lr:
        linear = linear + shrunk * lr - growth * var
        quadratic, least = total**-lr_power + 2 * l2 * lr, l1 * lr
    else:
        linear = linear + shrunk - growth / lr * var
        quadratic, least = total**-lr_power / lr + 2 * l2, l1
    var = np.where(np.abs(linear) > least, (np.sign(linear) * least - linear) / quadratic, 0)
    return var.astype(linear.dtype), total, linear


def _add_sign(var, m, lr, alpha, sign_decay, beta, grad):
    m = m * beta + grad * (1 - beta)
    return var - lr * (alpha + sign_decay * np.sign(grad) * np.sign(m)) * grad, m


def _power_sign(var, m, lr, logbase, sign_decay, beta, grad):
    m = m * beta + grad * (1 - beta)
    return var - lr * np.exp(logbase * sign_decay * np.sign(grad) * np.sign(m)) * grad, m


# Name -> formula, variable and slots, inputs (dense), inputs (sparse; None if there is none), flag.
_RMS, _FTRL = "lr rho momentum epsilon grad", "grad lr l1 l2 lr_power"
_STEPS = {
    "GradientDescent": (_gradient_descent, "var", "alpha delta", None, None),
    "ProximalGradientDescent": (
        _proximal_gradient_descent, "var", "alpha l1 l2 delta", "alpha l1 l2 grad indices", None
    ),
    "Momentum": (_momentum, "var accum", "lr grad momentum", "lr grad indices momentum", "use_nesterov"),
    "KerasMomentum": (_keras_momentum, "var accum", "lr grad momentum", "lr grad indices momentum", "use_nesterov"),
    "Adagrad": (_adagrad, "var accum", "lr grad", "lr grad indices", "update_slots"),
    "AdagradV2": (_adagrad_v2, "var accum", "lr epsilon grad", "lr epsilon grad indices", "update_slots"),
    "AdagradDA": (
        _adagrad_da, "var gradient_accumulator gradient_squared_accumulator", "grad lr l1 l2 global_step",
        "grad indices lr l1 l2 global_step", None,
    ),
    "ProximalAdagrad": (_proximal_adagrad, "var accum", "lr l1 l2 grad", "lr l1 l2 grad indices", None),
    "Adadelta": (_adadelta, "var accum accum_update", "lr rho epsilon grad", "lr rho epsilon grad indices", None),
    "Adam": (_adam, "var m v", "beta1_power beta2_power lr beta1 beta2 epsilon grad", None, "use_nesterov"),
    "AdamWithAmsgrad": (
        _adam_with_amsgrad, "var m v vhat", "beta1_power beta2_power lr beta1 beta2 epsilon grad", None, None
    ),
    "AdaMax": (_ada_max, "var m v", "beta1_power lr beta1 beta2 epsilon grad", None, None),
    "RMSProp": (_rms_prop, "var ms mom", _RMS, f"{_RMS} indices", None),
    "CenteredRMSProp": (_centered_rms_prop, "var mg ms mom", _RMS, f"{_RMS} indices", None),
    "Ftrl": (_ftrl, "var accum linear", _FTRL, "grad indices lr l1 l2 lr_power", "multiply_linear_by_lr"),
    "FtrlV2": (
        _ftrl, "var accum linear", "grad lr l1 l2 l2_shrinkage lr_power", "grad indices lr l1 l2 l2_shrinkage lr_power",
        "multiply_linear_by_lr",
    ),
    "AddSign": (_add_sign, "var m", "lr alpha sign_decay beta grad", None, None),
    "PowerSign": (_power_sign, "var m", "lr logbase sign_decay beta grad", None, None),
}  # fmt: skip


def _check(name, values, grad):
    if any(np.shape(one) != np.shape(values[0]) for one in values[1:]):
        raise InvalidArgumentError(f"{name}: var and its slots do not have the same shape")
    if np.shape(grad) != np.shape(values[0]):
        raise InvalidArgumentError(
            f"{name}: var and grad do not have the same shape, {list(np.shape(values[0]))} {list(np.shape(grad))}"
        )


def _dense_kernel(name, formula, slots, inputs):
    def kernel(*args, use_locking=False, **flags):
        handles, rest = args[: len(slots)], dict(zip(inputs, args[len(slots) :], strict=True))
        values = [np.asarray(value_of(one)) for one in handles]
        _check(name, values, rest.get("grad", rest.get("delta")))
        for handle, value in zip(handles, formula(*values, **rest, **flags), strict=True):
            _set(storage_of(handle), np.asarray(value, values[0].dtype)[()])
        return ()

    return kernel


def _sparse_kernel(name, formula, slots, inputs):
    def kernel(*args, use_locking=False, **flags):
        handles, rest = args[: len(slots)], dict(zip(inputs, args[len(slots) :], strict=True))
        values = [np.array(value_of(one)) for one in handles]
        indices, grad = np.ravel(rest.pop("indices")), np.asarray(rest.pop("grad"))
        bad = indices[(indices < 0) | (indices >= len(values[0]))]
        if len(bad):
            raise InvalidArgumentError(f"{name}: index {bad[0]} is not in [0, {len(values[0])})")
        word = "delta" if formula is _proximal_gradient_descent else "grad"
        for i, row in zip(indices.tolist(), grad, strict=True):
            found = formula(*(one[i] for one in values), **rest, **{word: row}, **flags)
            for one, part in zip(values, found, strict=True):
                one[i] = part
        for handle, value in zip(handles, values, strict=True):
            _set(storage_of(handle), value)
        return ()

    return kernel


def _signature(slots, inputs, flag):
    kinds = {"indices": "Tindices", "global_step": "int64"}
    parts = [f"{one}: resource" for one in slots] + [f"{one}: {kinds.get(one, 'T')}" for one in inputs]
    default = flag == "update_slots"
    attrs = "use_locking: bool = False" + (f", {flag}: bool = {default}" if flag else "")
    return f"{', '.join(parts)}, *, {attrs} -> "


def _sample(slots, inputs):
    def sample(draw):
        numbers = {
            "grad": draw.positive((3, 2)), "delta": draw.positive((3, 2)), "global_step": np.int64(2),
            "indices": [0, 2], "lr_power": np.asarray(-0.5, draw.dtype.np),
        }  # fmt: skip
        if "indices" in inputs:
            numbers["grad"] = draw.positive((2, 2))
        half = np.asarray(0.5, draw.dtype.np)
        return (*(draw.resource() for _ in slots), *(numbers.get(one, half) for one in inputs))

    return sample


def _define(name, make, formula, slots, inputs, flag):
    slots, inputs = slots.split(), inputs.split()
    types = {"Tindices": "int32 | int64"} if "indices" in inputs else {}
    return op(
        name, _signature(slots, inputs, flag), T="numeric", kernel=make(name, formula, slots, inputs), grad=None,
        stateful=True, shape=lambda shapes, attrs: [], samples=_sample(slots, inputs), **types,
    )  # fmt: skip


for _name, (_formula, _slots, _inputs, _sparse, _flag) in _STEPS.items():
    _define(f"ResourceApply{_name}", _dense_kernel, _formula, _slots, _inputs, _flag)
    if _sparse is not None:
        _define(f"ResourceSparseApply{_name}", _sparse_kernel, _formula, _slots, _sparse, _flag)
