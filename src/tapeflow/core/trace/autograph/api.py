"""`tf.autograph`: conversion by hand, and what to leave alone."""

import ast
import enum
import functools
import inspect
import types

from tapeflow.core.trace.autograph import build
from tapeflow.core.trace.autograph.calls import left_alone, target_of


class Feature(enum.Enum):
    """Optional features of the conversion, accepted by name."""

    ALL = "ALL"
    AUTO_CONTROL_DEPS = "AUTO_CONTROL_DEPS"
    ASSERT_STATEMENTS = "ASSERT_STATEMENTS"
    BUILTIN_FUNCTIONS = "BUILTIN_FUNCTIONS"
    EQUALITY_OPERATORS = "EQUALITY_OPERATORS"
    LISTS = "LISTS"
    NAME_SCOPES = "NAME_SCOPES"

    @classmethod
    def all(cls):
        """Returns all features."""
        return tuple(cls.__members__.values())

    @classmethod
    def all_but(cls, exclude):
        """Returns all features but those given."""
        excluded = exclude if isinstance(exclude, (list, tuple, set)) else [exclude]
        return tuple(set(cls.all()) - set(excluded) - {cls.ALL})


def convert(function, recursive=True, user_requested=True):
    """The function with its control flow over tensors made part of graphs.

    Args:
        function: Any callable.
        recursive: Accepted: callees are converted when they are called.
        user_requested: Whether the user asked for this function by name: then even a library's is converted.
    """
    if isinstance(function, functools.partial):
        inner = convert(function.func, recursive, user_requested)
        return functools.partial(inner, *function.args, **function.keywords)
    if getattr(function, "autograph_do_not_convert", False):
        return function
    wrapped = getattr(function, "__wrapped_method__", None)
    if wrapped is not None:
        return _bound_weakly(function, *wrapped, user_requested)
    if inspect.ismethod(function) and isinstance(function.__func__, types.FunctionType):
        if left_alone(function.__func__, user_requested):
            return function
        return types.MethodType(build.convert(function.__func__), function.__self__)
    if isinstance(function, types.FunctionType):
        return function if left_alone(function, user_requested) else build.convert(function)
    called = inspect.getattr_static(type(function), "__call__", None)
    if isinstance(called, types.FunctionType) and not left_alone(called, user_requested):
        return types.MethodType(build.convert(called), function)
    return function


def _bound_weakly(method, function, reference, user_requested):
    if left_alone(function, user_requested):
        return method
    converted = build.convert(function)
    return lambda *args, **kwargs: converted(reference(), *args, **kwargs)


def do_not_convert(func=None):
    """Marks a function to be called as it is by converted code.

    Args:
        func: The function; None when used with parentheses.
    """
    if func is None:
        return do_not_convert

    @functools.wraps(func)
    def called_as_is(*args, **kwargs):
        return func(*args, **kwargs)

    called_as_is.autograph_do_not_convert = True
    return called_as_is


def to_graph(entity, recursive=True, experimental_optional_features=None):
    """Converts a Python function; the result can be called inside `tf.function(autograph=False)` or in a graph.

    Args:
        entity: The function.
        recursive: Whether callees are converted too.
        experimental_optional_features: Accepted.
    """
    if not callable(entity):
        raise ValueError(f"expected a callable, got {entity!r}")
    inner = getattr(entity, "python_function", entity)
    return convert(inner)


def to_code(entity, recursive=True, experimental_optional_features=None):
    """Returns the source text of the converted function.

    Args:
        entity: The function.
        recursive: Accepted.
        experimental_optional_features: Accepted.
    """
    function = getattr(entity, "python_function", entity)
    function = getattr(function, "__func__", function)
    return ast.unparse(ast.fix_missing_locations(build.converted_tree(function))).replace("def ", "def tf__", 1)


def set_loop_options(
    parallel_iterations=None, swap_memory=None, maximum_iterations=None, shape_invariants=None
):  # fmt: skip
    """Says how a loop is built; to be called in its body, first.

    Args:
        parallel_iterations, swap_memory: Accepted.
        maximum_iterations: The greatest number of repetitions.
        shape_invariants: Pairs (loop variable, shape that all its values have).
    """


def set_verbosity(level, alsologtostdout=False):
    """Accepted: conversions are not logged."""


def trace(*args):
    """Prints the arguments while a function is traced."""
    print(*args)


__all__ = ["Feature", "convert", "do_not_convert", "set_loop_options", "set_verbosity", "target_of", "to_code",
           "to_graph", "trace"]  # fmt: skip
