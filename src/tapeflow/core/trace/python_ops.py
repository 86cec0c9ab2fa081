"""`tf.py_function` and `tf.numpy_function`: Python code as an op."""

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError, OpError, UnknownError
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor


def numpy_function(func=None, inp=None, Tout=None, stateful=True, name=None):
    """Calls `func` on NumPy arrays and returns its results as tensors. No gradient flows through.

    Args:
        func: Function of NumPy arrays.
        inp: Tensors to call it on.
        Tout: The dtype of the result, or a list of dtypes.
        stateful: Accepted.
        name: Optional name.
    """
    result = func(*(convert(x).numpy() for x in inp))
    if isinstance(result, (list, tuple)):
        return [convert(x) for x in result]
    return None if result is None else convert(result)


def py_function(func=None, inp=None, Tout=None, name=None):
    """Calls `func` on eager tensors. Gradients flow through the ops that it runs.

    Args:
        func: Function of tensors.
        inp: Tensors to call it on.
        Tout: The dtype of the result, or a list of dtypes (empty or None: no result).
        name: Optional name.

    Raises:
        InvalidArgumentError: A result has another dtype than announced.
        UnknownError: `func` raised.
    """
    try:
        result = func(*(convert(x) for x in inp))
    except OpError:
        raise
    except (ValueError, TypeError, StopIteration, MemoryError, NotImplementedError) as error:
        raise _same(error) from error
    except Exception as error:
        raise UnknownError(f"{type(error).__name__}: {error}") from error
    if Tout is None or (isinstance(Tout, (list, tuple)) and not Tout):
        return None
    if isinstance(Tout, (list, tuple)):
        results = result if isinstance(result, (list, tuple)) else [result]
        return [_as(x, one) for x, one in zip(results, Tout, strict=True)]
    return _as(result, Tout)


def _same(error):
    """TensorFlow's class for a Python error that leaves a function."""
    if isinstance(error, (ValueError, TypeError)):
        return InvalidArgumentError(f"{type(error).__name__}: {error}")
    return UnknownError(f"{type(error).__name__}: {error}")


def _as(value, dtype):
    dtype = dtypes.as_dtype(getattr(dtype, "dtype", dtype))
    tensor = convert(value, hint=dtype)
    if tensor.dtype is not dtype:
        raise InvalidArgumentError(
            f"py_function: the function returned {tensor.dtype.name} where Tout says {dtype.name}",
            got={"result": tensor},
            hint=f"Tout=tf.{tensor.dtype.name}",
        )
    # A new tensor: the function may hand back one of its inputs.
    return tensor if isinstance(tensor, EagerTensor) else convert(tensor)
