"""`tf.function` and what belongs to being eager or not."""

import contextlib
import functools

from tapeflow.core.base.errors import UnimplementedError


class Function:
    """A Python function under `tf.function`.

    It runs eagerly, as with `tf.config.run_functions_eagerly(True)`: the same results, without compilation. Python
    side effects therefore happen at every call, not only while tracing.
    """

    def __init__(self, python_function, input_signature=None, **options):
        functools.update_wrapper(self, python_function)
        self._python_function = python_function
        self._input_signature = input_signature
        self._options = options

    @property
    def python_function(self):
        """The wrapped Python function."""
        return self._python_function

    @property
    def input_signature(self):
        """The `tf.TensorSpec`s that arguments must match, or None."""
        return self._input_signature

    def __call__(self, *args, **kwargs):
        return self._python_function(*args, **kwargs)

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return Function(self._python_function.__get__(instance, owner), self._input_signature, **self._options)

    def get_concrete_function(self, *args, **kwargs):
        """Not there yet: functions are not captured as graphs."""
        raise UnimplementedError(
            "tf.function does not capture graphs yet, so there is no concrete function",
            hint="call the function itself: it runs eagerly",
        )

    def experimental_get_tracing_count(self):
        """Returns how often the function was traced: 0, since it runs eagerly."""
        return 0

    def __repr__(self):
        return f"<tf.function {getattr(self._python_function, '__qualname__', self._python_function)}, run eagerly>"


def function(
    func=None, input_signature=None, autograph=True, jit_compile=None, reduce_retracing=False,
    experimental_implements=None, experimental_autograph_options=None, experimental_attributes=None,
    experimental_relax_shapes=None, experimental_compile=None, experimental_follow_type_hints=None,
):  # fmt: skip
    """Wraps a Python function of tensors. It runs eagerly for now; see `Function`.

    Args:
        func: The function; None when used as `@tf.function(...)`.
        input_signature: Sequence of `tf.TensorSpec` for the arguments, or None.
        autograph, jit_compile, reduce_retracing: Accepted, without meaning while functions run eagerly.
        experimental_implements, experimental_autograph_options, experimental_attributes, experimental_relax_shapes,
        experimental_compile, experimental_follow_type_hints: Accepted.
    """
    if func is None:
        return lambda f: function(f, input_signature)
    return Function(func, input_signature)


@contextlib.contextmanager
def init_scope():
    """Context in which ops run outside any function that is being captured: everywhere, for now."""
    yield


class _NoOrder:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


def control_dependencies(control_inputs):
    """Context that orders ops in a graph; eagerly, ops run in the order of the program anyway.

    Args:
        control_inputs: Tensors or ops; a callable is called.
    """
    if callable(control_inputs):
        control_inputs()
    return _NoOrder()


def executing_eagerly():
    """Returns whether ops run at once: True outside captured functions."""
    return True


def inside_function():
    """Returns whether a function is being captured."""
    return False
