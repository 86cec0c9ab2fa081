"""What a variable holds before its first assignment, where converted code must mention it."""


class Undefined:
    """Stands for a local variable without a value; any use says so."""

    __slots__ = ("name",)

    def __init__(self, name):
        object.__setattr__(self, "name", name)

    def _complain(self, *_, **__):
        raise UnboundLocalError(f"local variable '{self.name}' referenced before assignment")

    def __getattr__(self, attribute):
        if attribute.startswith("__") and attribute.endswith("__"):
            raise AttributeError(attribute)
        self._complain()

    __bool__ = __call__ = __iter__ = __len__ = __getitem__ = __setitem__ = __str__ = _complain
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _complain
    __lt__ = __le__ = __gt__ = __ge__ = __neg__ = __pow__ = __rpow__ = __matmul__ = __rmatmul__ = _complain
    __tf_tensor__ = __array__ = __format__ = __contains__ = __enter__ = __index__ = __int__ = __float__ = _complain

    def __repr__(self):
        return f"<undefined '{self.name}'>"


class UndefinedReturnValue(Undefined):
    """Stands for the result of a function that has not returned yet.

    Attributes:
        in_loop: Whether a loop in the graph may return: then zeros stand for it until it does.
    """

    __slots__ = ("in_loop",)

    def __init__(self):
        super().__init__("return value")
        object.__setattr__(self, "in_loop", False)


def returned(value):
    """A function's result; None if it did not return anything."""
    return None if isinstance(value, UndefinedReturnValue) else value


def read(getter, name):
    """The value of a dotted name, `Undefined` if there is none."""
    try:
        return getter()
    except (AttributeError, KeyError, IndexError, UnboundLocalError, NameError):
        return Undefined(name)
