"""What the classes behind `tf.function` have in common: `tf.types.experimental`, for `isinstance`."""

import inspect
from abc import abstractmethod
from typing import Any, Protocol, runtime_checkable

from tapeflow.core.base.trace_type import Abstract, TraceType


class FunctionType(inspect.Signature):
    """The parameters of a function and what it returns; made as `inspect.Signature` is."""

    @classmethod
    def from_callable(cls, obj, *, follow_wrapped=True):
        """Returns the type of a Python callable."""
        return super().from_callable(obj, follow_wrapped=follow_wrapped)

    @property
    def arg_names(self):
        """The names of the parameters that take arguments by their places."""
        kinds = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD
        return [name for name, one in self.parameters.items() if one.kind in kinds]


class Callable(Abstract):
    """What `tf.function` makes and can be called."""

    @property
    @abstractmethod
    def function_type(self) -> FunctionType:
        """The parameters and what comes back."""

    def __call__(self, *args, **kwargs):
        """Runs the function."""
        raise NotImplementedError(f"{type(self).__name__} does not say how it is called")


class AtomicFunction(Callable):
    """A function of one traced graph, called without conversion of its arguments."""

    def call_with_captures(self, args, kwargs, captures):
        """Runs the function with other values for what it captured."""
        raise NotImplementedError(f"{type(self).__name__} does not say how it is called")


class ConcreteFunction(Callable):
    """One trace of a function: one graph, for arguments of one type."""

    @property
    @abstractmethod
    def inference_fn(self) -> AtomicFunction:
        """The function that does the work."""


class PolymorphicFunction(Callable):
    """A function that is traced again for each new type of arguments: what `tf.function` returns."""

    @abstractmethod
    def get_concrete_function(self, *args, **kwargs) -> ConcreteFunction:
        """Returns the trace for arguments of these types."""

    def experimental_get_compiler_ir(self, *args, **kwargs):
        """Returns a function of `stage` that gives the compiled program's text."""
        raise NotImplementedError(f"{type(self).__name__} has no compiler text")


@runtime_checkable
class SupportsTracingProtocol(Protocol):
    """A class that says itself as which type its objects are traced."""

    def __tf_tracing_type__(self, context: Any) -> TraceType:
        """Returns the `TraceType` of this object."""


class DistributedValues(Abstract):
    """A value that has a component on each replica or worker."""


class PerReplica(DistributedValues):
    """A value whose components differ from replica to replica."""


class Mirrored(DistributedValues):
    """A value whose components are equal on all replicas."""
