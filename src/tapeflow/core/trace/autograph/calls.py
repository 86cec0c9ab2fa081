"""Calls in converted functions: which callees are converted, which are replaced, and which are left alone."""

import functools
import inspect
import sys
import types

from tapeflow.core.base.mode import current
from tapeflow.core.trace.autograph import builtin
from tapeflow.core.trace.autograph.build import convert

# Packages whose code is called as it is: ours always, others unless a function of theirs is asked for by name.
_OURS = frozenset(("tapeflow", "tensorflow"))
_ALONE = frozenset(
    "keras tf_keras numpy jax jaxlib ml_dtypes scipy optree matplotlib PIL pandas absl pytest "
    "_pytest hypothesis tensorflow_probability wrapt".split()
) | frozenset(sys.stdlib_module_names)


def call(function, args, kwargs):
    """Calls a function, converted if it is the user's."""
    replaced = builtin.OVERLOADS.get(function) if _is_hashable(function) else None
    if replaced is not None:
        return replaced(*args, **kwargs)
    return target_of(function)(*args, **kwargs)


def _is_hashable(function):
    return (
        isinstance(function, (types.BuiltinFunctionType, type)) and getattr(function, "__module__", None) == "builtins"
    )


def target_of(function):
    """What to call instead of `function`: its converted form, or itself."""
    if current.graph is None or left_alone(function):
        return function
    if isinstance(function, functools.partial):
        return functools.partial(target_of(function.func), *function.args, **function.keywords)
    if inspect.ismethod(function):
        inner = function.__func__
        if not isinstance(inner, types.FunctionType):
            return function
        return types.MethodType(convert(inner), function.__self__)
    if isinstance(function, types.FunctionType):
        return convert(function)
    called = inspect.getattr_static(type(function), "__call__", None)
    if isinstance(called, types.FunctionType) and not left_alone(called):
        return types.MethodType(convert(called), function)
    return function


def left_alone(function, user_requested=False):
    """Whether a callee is called as it is.

    Args:
        function: The callee.
        user_requested: Whether it was handed to `tf.function` itself, and not just called: then it may be a library's.
    """
    if isinstance(function, (type, types.BuiltinFunctionType, types.BuiltinMethodType)):
        return True
    if getattr(function, "autograph_is_converted", False) or getattr(function, "autograph_do_not_convert", False):
        return True
    inner = getattr(function, "func", None) if isinstance(function, functools.partial) else function
    module = getattr(inner, "__module__", None) or getattr(type(inner), "__module__", "") or ""
    package = module.split(".")[0]
    if package in _OURS or (package in _ALONE and not user_requested and module != "__main__"):
        return True
    inner = getattr(inner, "__func__", inner)
    return inspect.isgeneratorfunction(inner) or inspect.iscoroutinefunction(inner)
