"""`tf.compat.v1.Dimension`: one size of a shape, as TensorFlow 1 had it; what linear operators answer, too."""

import functools
import operator


def _value(other):
    """The number or None that stands for a size; NotImplemented for anything else."""
    if isinstance(other, Dimension):
        return other.value
    if other is None:
        return None
    try:
        return operator.index(other)
    except TypeError:
        return NotImplemented


class Dimension:
    """A size that may be unknown. Arithmetic with an unknown size gives an unknown one.

    Args:
        value: An integer >= 0, None, or another dimension.

    Raises:
        ValueError: `value` is negative.
        TypeError: `value` is no integer.

    >>> Dimension(3) + 2, Dimension(None) * 2
    (Dimension(5), Dimension(None))
    """

    __slots__ = ("_value",)

    def __init__(self, value):
        if isinstance(value, Dimension):
            value = value._value
        if value is not None:
            try:
                value = operator.index(value)
            except TypeError:
                raise TypeError(
                    f"Dimension value must be integer or None or have an __index__ method, got value '{value!r}' with "
                    f"type '{type(value)!r}'"
                ) from None
            if value < 0:
                raise ValueError(f"Dimension {value} must be >= 0")
        self._value = value

    @property
    def value(self):
        """The number, None if it is unknown."""
        return self._value

    def is_compatible_with(self, other):
        """Returns whether both may be the same size."""
        other = as_dimension(other)
        return self._value is None or other._value is None or self._value == other._value

    def assert_is_compatible_with(self, other):
        """Raises `ValueError` if the two cannot be the same size."""
        if not self.is_compatible_with(other):
            raise ValueError(f"Dimensions {self} and {other} are not compatible")

    def merge_with(self, other):
        """Returns the size that both are.

        Raises:
            ValueError: They cannot be the same.
        """
        other = as_dimension(other)
        self.assert_is_compatible_with(other)
        return Dimension(other._value if self._value is None else self._value)

    def __repr__(self):
        return f"Dimension({self._value!r})"

    def __str__(self):
        return "?" if self._value is None else str(self._value)

    def __eq__(self, other):
        value = _value(other)
        if value is NotImplemented:
            return NotImplemented
        return None if self._value is None or value is None else self._value == value

    def __ne__(self, other):
        same = self.__eq__(other)
        return same if same is None or same is NotImplemented else not same

    def __hash__(self):
        return hash(self._value)

    def __bool__(self):
        return bool(self._value)

    __nonzero__ = __bool__

    def __int__(self):
        return self._value

    def __long__(self):
        return self._value

    def __index__(self):
        return self._value

    def __div__(self, other):
        return self // other

    def __rdiv__(self, other):
        return other // self

    def __truediv__(self, other):
        raise TypeError(
            f"unsupported operand type(s) for /: 'Dimension' and '{type(other).__name__}', please use // instead"
        )

    def __rtruediv__(self, other):
        raise TypeError(
            f"unsupported operand type(s) for /: '{type(other).__name__}' and 'Dimension', please use // instead"
        )

    def __reduce__(self):
        return Dimension, (self._value,)


def as_dimension(value):
    """The dimension that a number or None stands for."""
    return value if isinstance(value, Dimension) else Dimension(value)


def _combined(function, reflected, a, other):
    value = _value(other)
    if value is NotImplemented:
        return NotImplemented
    if a._value is None or value is None:
        return Dimension(None)
    return Dimension(function(value, a._value) if reflected else function(a._value, value))


def _compared(function, a, other):
    value = _value(other)
    if value is NotImplemented:
        return NotImplemented
    return None if a._value is None or value is None else function(a._value, value)


for _name in ("add", "sub", "mul", "floordiv", "mod"):
    _function = getattr(operator, _name)
    setattr(Dimension, f"__{_name}__", functools.partialmethod(lambda a, f, b: _combined(f, False, a, b), _function))
    setattr(Dimension, f"__r{_name}__", functools.partialmethod(lambda a, f, b: _combined(f, True, a, b), _function))
for _name in ("lt", "le", "gt", "ge"):
    _function = getattr(operator, _name)
    setattr(Dimension, f"__{_name}__", functools.partialmethod(lambda a, f, b: _compared(f, a, b), _function))
