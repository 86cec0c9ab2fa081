"""`tensorflow.python.util.deprecation`: decorators for what is to go. They say so once, through TensorFlow's logger."""

import contextlib
import functools
import inspect

_silent = [False]
_said = set()


def _say(key, message):
    if _silent[0] or key in _said:
        return
    _said.add(key)
    import tapeflow  # lazy: this module is loaded by it

    tapeflow.get_logger().warning(message)


@contextlib.contextmanager
def silence():
    """The context in which nothing is said."""
    before, _silent[0] = _silent[0], True
    try:
        yield
    finally:
        _silent[0] = before


def deprecated(date, instructions, warn_once=True):
    """Marks a function or class as one that goes.

    Args:
        date: When, as `"YYYY-MM-DD"`, or None.
        instructions: What to use instead.
        warn_once: Accepted: it is said once.
    """

    def decorate(function):
        if inspect.isclass(function):
            return function

        @functools.wraps(function)
        def call(*args, **kwargs):
            when = f"after {date}" if date else "in a future version"
            _say(function, f"{function.__qualname__} is deprecated and will be removed {when}.\n{instructions}")
            return function(*args, **kwargs)

        return call

    return decorate


def deprecated_args(date, instructions, *deprecated_arg_names_or_tuples, **kwargs):
    """Marks arguments as ones that go.

    Args:
        date: When, or None.
        instructions: What to use instead.
        *deprecated_arg_names_or_tuples: Names, or pairs of a name and a value that is still fine.
        **kwargs: `warn_once`, accepted.
    """
    fine = dict(one if isinstance(one, tuple) else (one, _NOTHING) for one in deprecated_arg_names_or_tuples)
    return _watching(fine, lambda value, ok: ok is _NOTHING or value is not ok, instructions)


def deprecated_arg_values(date, instructions, warn_once=True, **deprecated_kwargs):
    """Marks values of arguments as ones that go.

    Args:
        date: When, or None.
        instructions: What to use instead.
        warn_once: Accepted: it is said once.
        **deprecated_kwargs: Argument name -> the value that goes.
    """
    return _watching(deprecated_kwargs, lambda value, bad: value is bad, instructions)


_NOTHING = object()


def _watching(watched, is_bad, instructions):
    def decorate(function):
        signature = inspect.signature(function)

        @functools.wraps(function)
        def call(*args, **kwargs):
            try:
                given = signature.bind(*args, **kwargs).arguments
            except TypeError:  # the function itself words it
                given = {}
            for name, mark in watched.items():
                if name in given and is_bad(given[name], mark):
                    _say((function, name), f"{function.__qualname__}: argument `{name}` is deprecated.\n{instructions}")
            return function(*args, **kwargs)

        return call

    return decorate


def deprecated_alias(deprecated_name, name, func_or_class, warn_once=True):
    """Returns a function or class under an old name.

    Args:
        deprecated_name: The old name.
        name: The new one.
        func_or_class: What has both.
        warn_once: Accepted: it is said once.
    """
    if inspect.isclass(func_or_class):
        return type(func_or_class.__name__, (func_or_class,), {"__doc__": func_or_class.__doc__})
    return deprecated(None, f"Please use {name} instead of {deprecated_name}.")(func_or_class)


def deprecated_endpoints(*args):
    """Marks some of a function's names as ones that go; the function stays as it is."""
    return lambda function: function


def deprecated_argument_lookup(new_name, new_value, old_name, old_value):
    """Returns the value of an argument that has two names.

    Raises:
        ValueError: Both are given.
    """
    if old_value is None:
        return new_value
    if new_value is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{new_name}'.")
    return old_value


def rewrite_argument_docstring(old_doc, old_argument, new_argument):
    """Returns a docstring with an argument renamed."""
    return old_doc.replace(f"`{old_argument}`", f"`{new_argument}`").replace(f"{old_argument}:", f"{new_argument}:")
