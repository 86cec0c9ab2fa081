"""What `jax.experimental.jax2tf` takes from TensorFlow's inside: calls of StableHLO programs, and their shardings."""

from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.ops.defs.xla_module import call_module as _call_module


def call_module(
    args, *, version=4, module, Tout, Sout, platforms=(), function_list=(), has_token_input_output=False,
    disabled_checks=(), use_shardy_partitioner=False,
):  # fmt: skip
    """Returns the list of what a StableHLO program returns; see `tf.raw_ops.XlaCallModule`."""
    return _call_module(
        args=args, version=version, module=module, Tout=Tout, Sout=Sout, platforms=platforms,
        function_list=function_list, has_token_input_output=has_token_input_output, disabled_checks=disabled_checks,
        use_shardy_partitioner=use_shardy_partitioner,
    )  # fmt: skip


def call_module_maximum_supported_version():
    """The newest version of the calling convention that programs may have."""
    return 10


def call_module_disable_check_platform():
    """The text that says, among disabled checks, that a program may run on other platforms."""
    return "platform"


def _refuse(*args, **kwargs):
    raise UnimplementedError(
        "jax2tf.convert of a function that is split over devices",
        hint="convert it without shardings, and use tf.distribute or keras.distribution around it",
    )


OpSharding = Sharding = replicate = tile = _refuse
