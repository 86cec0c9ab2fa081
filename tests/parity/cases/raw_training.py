"""tf.raw_ops of optimizers' steps, on variables; and older versions of array ops."""

import numpy as np

from tests.parity.case import Family

case = Family(__name__)

VAR = np.array([[1.0, -2.0], [0.5, 3.0], [-0.25, 0.0]], "f4")
GRAD = np.array([[0.1, -0.2], [0.3, 0.0], [-0.5, 0.25]], "f4")
NUMBERS = {
    "alpha": 0.1, "lr": 0.1, "l1": 0.05, "l2": 0.02, "l2_shrinkage": 0.01, "lr_power": -0.5, "momentum": 0.9,
    "epsilon": 1e-3, "rho": 0.9, "beta1": 0.9, "beta2": 0.99, "beta1_power": 0.81, "beta2_power": 0.98,
    "sign_decay": 0.5, "beta": 0.8, "logbase": 0.7,
}  # fmt: skip
# Name -> slots, numbers in the op's call, flag, whether there is a sparse form.
STEPS = {
    "GradientDescent": ("var", "alpha", "", False),
    "ProximalGradientDescent": ("var", "alpha l1 l2", "", True),
    "Momentum": ("var accum", "lr momentum", "use_nesterov", True),
    "KerasMomentum": ("var accum", "lr momentum", "use_nesterov", True),
    "Adagrad": ("var accum", "lr", "update_slots", True),
    "AdagradV2": ("var accum", "lr epsilon", "update_slots", True),
    "AdagradDA": ("var gradient_accumulator gradient_squared_accumulator", "lr l1 l2", "", True),
    "ProximalAdagrad": ("var accum", "lr l1 l2", "", True),
    "Adadelta": ("var accum accum_update", "lr rho epsilon", "", True),
    "Adam": ("var m v", "beta1_power beta2_power lr beta1 beta2 epsilon", "use_nesterov", False),
    "AdamWithAmsgrad": ("var m v vhat", "beta1_power beta2_power lr beta1 beta2 epsilon", "", False),
    "AdaMax": ("var m v", "beta1_power lr beta1 beta2 epsilon", "", False),
    "RMSProp": ("var ms mom", "lr rho momentum epsilon", "", True),
    "CenteredRMSProp": ("var mg ms mom", "lr rho momentum epsilon", "", True),
    "Ftrl": ("var accum linear", "lr l1 l2 lr_power", "multiply_linear_by_lr", True),
    "FtrlV2": ("var accum linear", "lr l1 l2 l2_shrinkage lr_power", "multiply_linear_by_lr", True),
    "AddSign": ("var m", "lr alpha sign_decay beta", "", False),
    "PowerSign": ("var m", "lr logbase sign_decay beta", "", False),
}


def _step(tf, name, slots, numbers, flags, sparse, dtype, wrong=None):
    kind = getattr(tf, dtype)
    variables = {one: tf.Variable(tf.cast(VAR if one == "var" else abs(VAR) + 0.5, kind)) for one in slots}
    if "mg" in variables:
        variables["mg"].assign(variables["mg"] * 0.1)
    args = {one: variables[one].handle for one in slots} | {one: tf.cast(NUMBERS[one], kind) for one in numbers}
    if "AdagradDA" in name:
        args["global_step"] = tf.constant(3, tf.int64)
    word = "grad" if sparse or "GradientDescent" not in name else "delta"
    args[word] = tf.cast(GRAD[:2] if sparse else GRAD, kind)
    if sparse:
        args["indices"] = [2, 0]
    if wrong == "indices":
        args["indices"] = [2, 3]
    if wrong == "shape":
        args[word] = args[word][:, :1]
    getattr(tf.raw_ops, f"Resource{'Sparse' * sparse}Apply{name}")(**args, **flags)
    return [one.value() for one in variables.values()]


for _name, (_slots, _numbers, _flag, _has_sparse) in STEPS.items():
    for _sparse in (False, True)[: 1 + _has_sparse]:
        for _value in (None, True, False)[: 3 if _flag else 1]:
            _flags = {} if _value is None else {_flag: _value}
            case.either(
                f"{_name}{'_sparse' * _sparse}/{'default' if _value is None else _value}", _step, _name, _slots.split(),
                _numbers.split(), _flags, _sparse, "float32", loose=10,
            )  # fmt: skip
        case.either(
            f"{_name}{'_sparse' * _sparse}/double", _step, _name, _slots.split(), _numbers.split(), {}, _sparse,
            "float64", loose=1e4,
        )  # fmt: skip
        case.either(
            f"{_name}{'_sparse' * _sparse}/wrong", _step, _name, _slots.split(), _numbers.split(), {}, _sparse,
            "float32", "indices" if _sparse else "shape",
        )  # fmt: skip

X = np.arange(24, dtype="f4").reshape(2, 3, 4)
case.table("""
    old/matrix_diag: tf.raw_ops.MatrixDiag(diagonal=X[0])
    old/matrix_diag_part: tf.raw_ops.MatrixDiagPart(input=X)
    old/matrix_set_diag: tf.raw_ops.MatrixSetDiag(input=X, diagonal=np.ones((2, 3), "f4"))
    old/matrix_diag_v2: tf.raw_ops.MatrixDiagV2(diagonal=X[0][:2, :3], k=[-1, 0], num_rows=-1, num_cols=-1, padding_value=7.0)
    old/matrix_diag_part_v2: tf.raw_ops.MatrixDiagPartV2(input=X, k=[-1, 2], padding_value=9.0)
    old/matrix_set_diag_v2: tf.raw_ops.MatrixSetDiagV2(input=X[0], diagonal=-X[0][:2, :3], k=[0, 1])
    old/space_to_batch: tf.raw_ops.SpaceToBatch(input=np.arange(8, dtype="f4").reshape(1, 2, 4, 1), paddings=[[1, 1], [0, 0]], block_size=2)
    old/batch_to_space: tf.raw_ops.BatchToSpace(input=np.arange(16, dtype="f4").reshape(4, 2, 2, 1), crops=[[0, 1], [1, 0]], block_size=2)
    old/block_size: tf.raw_ops.SpaceToBatch(input=np.ones((1, 2, 2, 1)), paddings=[[0, 0], [0, 0]], block_size=1)  # raises
    old/concat: tf.raw_ops.Concat(concat_dim=1, values=[X, X])
    old/gather: tf.raw_ops.Gather(params=X, indices=[[1], [0]])
    old/gather_wrong: tf.raw_ops.Gather(params=X, indices=[2])  # raises
    old/reverse: tf.raw_ops.Reverse(tensor=X, dims=[True, False, True])
    old/scatter: tf.raw_ops.ScatterNdNonAliasingAdd(input=X[0], indices=[[0], [2], [0]], updates=X[1])
    old/guarantee: tf.raw_ops.GuaranteeConst(input=X)
    old/prevent: tf.raw_ops.PreventGradient(input=X, message="no")
    old/prevent_gradient: _gradient(tf, lambda x: tf.raw_ops.PreventGradient(input=x, message="no"))  # raises: no
    old/check_numerics: tf.raw_ops.CheckNumericsV2(tensor=X, message="x")
    old/check_numerics_nan: tf.raw_ops.CheckNumericsV2(tensor=np.float32([np.inf, np.nan]), message="x")  # raises: x
    old/inplace_update: tf.raw_ops.InplaceUpdate(x=X[0], i=[0, 2], v=-X[1][:2])
    old/inplace_add: tf.raw_ops.InplaceAdd(x=X[0], i=[0, 2], v=X[1][:2])
    old/inplace_sub: tf.raw_ops.InplaceSub(x=X[0], i=[1, 2], v=X[1][:2])
    old/timestamp: tf.raw_ops.Timestamp().dtype
    old/gradient_gather: _gradient(tf, lambda x: tf.raw_ops.Gather(params=x, indices=[1, 1]))
    old/gradient_diag: _gradient(tf, lambda x: tf.raw_ops.MatrixDiagPartV2(input=x, k=[0, 1], padding_value=0.0))
    old/gradient_space: _gradient(tf, lambda x: tf.raw_ops.Reverse(tensor=x, dims=[True, False, False]))
    old/positional: tf.raw_ops.Gather(X, [0])  # raises: keyword
""")


def _gradient(tf, function):
    x = tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
        loss = tf.reduce_sum(y * y)
    return tape.gradient(loss, x)
