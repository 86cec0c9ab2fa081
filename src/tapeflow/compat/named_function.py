"""`tf.__internal__.function.Function`: the class of functions as front ends make and recognise them."""

from tapeflow.core.base.function_types import PolymorphicFunction
from tapeflow.core.trace.function import Function as _Function


class _Kind(type):
    def __instancecheck__(cls, instance):
        return isinstance(instance, PolymorphicFunction)

    def __call__(
        cls, python_function, name, input_signature=None, autograph=True, jit_compile=None, reduce_retracing=False,
        experimental_autograph_options=None, experimental_attributes=None,
    ):  # fmt: skip
        made = _Function(
            python_function, input_signature, autograph, jit_compile, reduce_retracing,
            experimental_autograph_options, experimental_attributes,
        )  # fmt: skip
        made.__name__ = name
        return made


class Function(metaclass=_Kind):
    """What `tf.function` returns, made with a name of its own.

    Args:
        python_function: The function.
        name: Its name.
        input_signature, autograph, jit_compile, reduce_retracing, experimental_autograph_options,
        experimental_attributes: As for `tf.function`.
    """
