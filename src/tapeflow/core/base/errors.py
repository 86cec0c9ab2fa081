"""`tf.errors`: TensorFlow's error classes and codes, with better words.

    raise InvalidArgumentError(
        "matmul: inner sizes differ, 784 and 10",
        got={"a": a, "b": b},
        hint="pass transpose_b=True",
    )

reads

    matmul: inner sizes differ, 784 and 10
      got: a float32 [32, 784], b float32 [10, 784]
      in:  model/logits
      at:  train.py:12: y = tf.matmul(x, w)
      try: pass transpose_b=True

`in` names the open scopes: in Keras, the layers that call each other.
"""

import inspect
import sys
from collections.abc import Mapping
from typing import Any

from tapeflow.core.base import source
from tapeflow.core.base.naming import scopes

OK = 0
CANCELLED = 1
UNKNOWN = 2
INVALID_ARGUMENT = 3
DEADLINE_EXCEEDED = 4
NOT_FOUND = 5
ALREADY_EXISTS = 6
PERMISSION_DENIED = 7
RESOURCE_EXHAUSTED = 8
FAILED_PRECONDITION = 9
ABORTED = 10
OUT_OF_RANGE = 11
UNIMPLEMENTED = 12
INTERNAL = 13
UNAVAILABLE = 14
DATA_LOSS = 15
UNAUTHENTICATED = 16


class OpError(Exception):
    """The base of the errors that ops end in.

    Made as TensorFlow's are, `OpError(node_def, op, message, error_code)`, or with the message alone. The
    second form notes the user's line, and takes:

    Args:
        got: Argument name -> value, shown by type, dtype and shape.
        hint: What to try.
        at: Where it happened, as `source.user_frame` gives it, if not here.
    """

    _code: int | None = None  # of the class; OpError itself is told

    def __init__(self, *args, got=None, hint=None, at=None, **named):
        ours = len(args) == 1 and not named and isinstance(args[0], str)
        if ours:
            args = (None, None, args[0]) if self._code is not None else (None, None, args[0], UNKNOWN)
        node_def, op, message, code, *rest = _bind(type(self), args, named)
        super().__init__(message)
        self._node_def, self._op, self._message, self._error_code = node_def, op, message, code
        self._rest = tuple(rest)
        self._op_name = None
        self._got = None if got is None else {name: describe(value) for name, value in got.items()}
        self._hint = hint
        self._at = at if at is not None else source.user_frame() if ours else None
        self._inside = scopes.prefix if ours else ""
        if not ours:
            self._adopt(sys.exception())

    def _adopt(self, handled):
        """Takes over what an error knows that is being rewritten with more words around it: Keras does that."""
        if type(handled) is type(self) and isinstance(self._message, str) and handled._message in self._message:
            self._op_name, self._got, self._hint = handled._op_name, handled._got, handled._hint
            self._at, self._inside = handled._at, handled._inside

    def complete(self, op_name: str, got: Mapping[str, object] | None = None) -> "OpError":
        """Adds the op and, where the error does not say it, its arguments; returns the error."""
        if self._op_name is None:
            self._op_name = op_name
        if self._got is None and got:
            self._got = {name: describe(value) for name, value in got.items()}
        if self._at is None:
            self._at = source.user_frame()
        return self

    @property
    def message(self):
        """What went wrong, without the lines that `str` adds."""
        return self._message

    @property
    def op(self):
        """The op that failed, None if it has no object."""
        return self._op

    @property
    def error_code(self):
        """The code, such as `tf.errors.INVALID_ARGUMENT`."""
        return self._error_code

    @property
    def node_def(self):
        """The failed op's node, None if it has none."""
        return self._node_def

    @property
    def experimental_payloads(self):
        """What the raiser attached, a dictionary of bytes."""
        return self._rest[0] if self._rest else {}

    def __str__(self):
        first = self._message
        if self._op_name and "[Op:" not in first:
            first = f"{first} [Op:{self._op_name}]"
        lines = [first]
        if self._got:
            lines.append("  got: " + ", ".join(f"{name} {value}" for name, value in self._got.items()))
        if self._inside:
            lines.append(f"  in:  {self._inside.rstrip('/')}")
        if self._at is not None:
            lines.append(f"  at:  {self._where()}")
        if self._hint:
            lines.append(f"  try: {self._hint}")
        return "\n".join(lines)

    def _where(self):
        return self._at if isinstance(self._at, (str, source.Line)) else source.resolve(self._at)

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "_code" in vars(cls):
            cls.__init__ = _constructor()

    def __reduce__(self):
        code = () if self._code is not None else (self._error_code,)
        state = self.__dict__ | {
            "_at": None if self._at is None else self._where(),
            "_op": None,
            "_node_def": None,
        }
        return type(self), (None, None, self._message, *code, *self._rest), state


def _signature(names):
    """`__init__`'s signature as TensorFlow has it: what is ours is not in TensorFlow's documentation."""
    keyword, rest = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.VAR_POSITIONAL
    named = [inspect.Parameter(name, keyword) for name in f"self {names}".split()]
    return inspect.Signature([*named, inspect.Parameter("args", rest)])


OpError.__init__.__signature__ = _signature("node_def op message error_code")  # type: ignore[attr-defined]
_SIGNATURE = _signature("node_def op message")


def _constructor():
    """`__init__` of a class that knows its code: `OpError`'s, under a signature without the code."""

    def __init__(self, *args, got=None, hint=None, at=None, **named):
        OpError.__init__(self, *args, got=got, hint=hint, at=at, **named)

    __init__.__signature__ = _SIGNATURE
    return __init__


def _bind(cls, args, named):
    """`(node_def, op, message, code, *rest)` of TensorFlow's constructor; TypeError as Python words it."""
    names = (
        ("node_def", "op", "message")
        if cls._code is not None
        else ("node_def", "op", "message", "error_code")
    )
    values = dict(zip(names, args, strict=False))
    for name, value in named.items():
        if name not in names:
            raise TypeError(f"{cls.__name__}.__init__() got an unexpected keyword argument {name!r}")
        if name in values:
            raise TypeError(f"{cls.__name__}.__init__() got multiple values for argument {name!r}")
        values[name] = value
    missing = [name for name in names if name not in values]
    if missing:
        raise TypeError(
            f"{cls.__name__}.__init__() missing {len(missing)} required positional argument"
            f"{'s' if len(missing) > 1 else ''}: {', '.join(map(repr, missing))}"
        )
    code = cls._code if cls._code is not None else values["error_code"]
    return values["node_def"], values["op"], values["message"], code, *args[len(names) :]


def describe(value: Any) -> str:
    """A value by type, dtype and shape, and by itself only if it is a scalar: `float32 [32, 784]`."""
    if isinstance(value, type):
        return repr(value)
    dtype, shape = getattr(value, "dtype", None), getattr(value, "shape", None)
    if dtype is not None and shape is not None:
        name = getattr(dtype, "name", dtype)
        if getattr(shape, "rank", 0) is None:
            return f"{name} of unknown shape"
        sizes = ", ".join("?" if size is None else str(size) for size in shape)
        return f"{name} [{sizes}]{_scalar(value) if not sizes else ''}"
    if isinstance(value, (list, tuple)):
        if len(value) <= 8 and all(not isinstance(item, str) or len(item) <= 16 for item in value):
            inner = ", ".join(describe(item) for item in value)
            if len(inner) <= 160:
                return f"({inner})" if isinstance(value, tuple) else f"[{inner}]"
        return f"{type(value).__name__} of {len(value)}"
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes)):
        text = repr(value)
        return text if len(text) <= 60 else f"{type(value).__name__} of {len(text)} characters"
    return repr(value) if hasattr(value, "as_datatype_enum") else type(value).__name__


def _scalar(value):
    """` = 3` for a scalar whose number is known, empty otherwise."""
    number = value.host if hasattr(type(value), "host") else value
    kind = getattr(getattr(number, "dtype", None), "kind", None)
    return f" = {number.item()}" if kind in ("b", "i", "u", "f", "c") and hasattr(number, "item") else ""


class CancelledError(OpError):
    """The operation was cancelled."""

    _code = CANCELLED


class UnknownError(OpError):
    """Something failed for a reason that is not known better."""

    _code = UNKNOWN


class InvalidArgumentError(OpError):
    """An op got an argument it cannot work with: its shape, dtype or value."""

    _code = INVALID_ARGUMENT


class DtypeError(InvalidArgumentError, TypeError):
    """Arguments of dtypes that do not go together, in a graph: TensorFlow raises TypeError there."""


class DeadlineExceededError(OpError):
    """Time ran out before the operation finished."""

    _code = DEADLINE_EXCEEDED


class NotFoundError(OpError):
    """A file, key or other thing that was asked for is not there."""

    _code = NOT_FOUND


class AlreadyExistsError(OpError):
    """What should be made exists already."""

    _code = ALREADY_EXISTS


class PermissionDeniedError(OpError):
    """The program is not allowed to do this."""

    _code = PERMISSION_DENIED


class UnauthenticatedError(OpError):
    """The request carries no valid authentication."""

    _code = UNAUTHENTICATED


class ResourceExhaustedError(OpError):
    """Memory, disk or another resource is used up."""

    _code = RESOURCE_EXHAUSTED


class FailedPreconditionError(OpError):
    """The system is not in the state that the operation needs."""

    _code = FAILED_PRECONDITION


class AbortedError(OpError):
    """The operation was given up, for example because of one that ran at the same time."""

    _code = ABORTED


class OutOfRangeError(OpError):
    """The end was passed: a dataset's last element, a file's last record."""

    _code = OUT_OF_RANGE


class UnimplementedError(OpError):
    """This has not been built; the message says what to do instead."""

    _code = UNIMPLEMENTED


class InternalError(OpError):
    """Something that must hold inside does not."""

    _code = INTERNAL


class UnavailableError(OpError):
    """A service cannot be reached now; trying again later may help."""

    _code = UNAVAILABLE


class DataLossError(OpError):
    """Data is damaged beyond reading."""

    _code = DATA_LOSS


class OperatorNotAllowedInGraphError(TypeError):
    """A Python operator needs a tensor's value while the tensor is only a symbol of a graph."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)


class InaccessibleTensorError(TypeError, ValueError):
    """A tensor of one graph is used where it does not exist: outside its function, or in another."""


_BY_CODE = {cls._code: cls for cls in OpError.__subclasses__()}


def exception_type_from_error_code(error_code):
    """Returns the class for a code.

    Raises:
        KeyError: If there is none.
    """
    return _BY_CODE[error_code]


def error_code_from_exception_type(cls):
    """Returns the code of a class, UNKNOWN if it has none."""
    return getattr(cls, "_code", None) or UNKNOWN
