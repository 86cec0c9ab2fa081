"""`XlaCallModule`: a StableHLO program inside a graph, as `jax2tf` and SavedModels made by it have it."""

from tapeflow.core.ops import lowering
from tapeflow.core.ops.op import op


def _lower(args, **attrs):
    return lowering.call_module(args, attrs)


def _no_gradient(c, *dys):
    raise LookupError(
        "No gradient defined for operation 'XlaCallModule': a StableHLO program has none. "
        "jax2tf.convert(..., with_gradient=True) makes one beside it"
    )


call_module = op(
    "XlaCallModule",
    "args: list(Tin), *, version: int, module: string, Sout: list(shape), Tout: list(type), "
    "dim_args_spec: list(string) = [], platforms: list(string) = [], function_list: list(func) = [], "
    "has_token_input_output: bool = False, disabled_checks: list(string) = [], use_shardy_partitioner: bool = False "
    "-> output: list(Tout)",
    Tin="any", Tout="any", lower=_lower, grad=_no_gradient, elementwise=False,
    shape=lambda shapes, attrs: list(attrs["Sout"]),
    samples=(),  # a program is needed: see tests/export/test_jax2tf.py
    doc="Runs a StableHLO program: `module` is its portable artifact, `Sout` and `Tout` say what it returns.",
)  # fmt: skip
