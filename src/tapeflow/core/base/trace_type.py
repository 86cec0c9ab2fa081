"""`tf.types.experimental.TraceType`: what a traced function knows of an argument before it sees its value."""

from abc import abstractmethod
from typing import Any


class Abstract:
    """A class whose subclasses can be made only when they define every `@abstractmethod`.

    What `abc.ABC` does, without its metaclass: that one makes every `isinstance` ten times slower.
    """

    __slots__ = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        names = {name for base in cls.__bases__ for name in getattr(base, "__abstractmethods__", ())} | set(
            vars(cls)
        )
        cls.__abstractmethods__ = frozenset(  # type: ignore[attr-defined]
            name for name in names if getattr(getattr(cls, name, None), "__isabstractmethod__", False)
        )


class TraceType(Abstract):
    """The type by which `tf.function` tells apart arguments that need traces of their own.

    Subclass it, and give a class of yours `__tf_tracing_type__(context)` that returns one, to decide when a
    function is traced again for objects of that class. The abstract methods are `is_subtype_of`,
    `most_specific_common_supertype`, `placeholder_value`, `__eq__` and `__hash__`.
    """

    __slots__ = ()

    @abstractmethod
    def is_subtype_of(self, other: "TraceType") -> bool:
        """Returns whether every value of this type is also one of `other`."""
        raise NotImplementedError

    @abstractmethod
    def most_specific_common_supertype(self, others):
        """Returns the narrowest type that includes this one and all of `others`, None if there is none."""
        raise NotImplementedError

    @abstractmethod
    def placeholder_value(self, placeholder_context):
        """Returns the value that stands for the argument while the function is traced."""
        raise NotImplementedError

    def to_tensors(self, value):
        """Returns the tensors that `value`, an instance of this type, is made of; none by default."""
        return []

    def from_tensors(self, tensors):
        """Returns the value that is made of the next tensors of the iterator `tensors`."""
        return self.placeholder_value(None)

    def flatten(self):
        """Returns the types of the tensors that `to_tensors` gives."""
        return []

    def cast(self, value, cast_context):
        """Returns `value` as an instance of this type.

        Raises:
            AssertionError: If it is not one.
        """
        assert value == self.placeholder_value(None), f"Can not cast {value!r} to type {self!r}"
        return value

    @abstractmethod
    def __hash__(self):
        raise NotImplementedError

    @abstractmethod
    def __eq__(self, other):
        raise NotImplementedError
