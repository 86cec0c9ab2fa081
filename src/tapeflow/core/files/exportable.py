"""What can be exported, found as one concrete function: functions, modules, Keras models and SavedModels."""

import os

from tapeflow.core.base import nest
from tapeflow.core.base.function_types import ConcreteFunction, PolymorphicFunction
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.trace.function import function

_DEFAULT = "serving_default"


def concrete_function(thing, input_signature=None, signature=None):
    """The one trace that a program is made of.

    Args:
        thing: A `tf.function`, a concrete function, a Python function, a `tf.Module` or another object with a
            `__call__`, a Keras model, what `tf.saved_model.load` gave, or a SavedModel's directory.
        input_signature: Sequence of `tf.TensorSpec`s, or of structures of them, for the arguments; needed where
            nothing else says what the function takes.
        signature: Which of the signatures of a SavedModel; `serving_default` or the only one if None.

    Raises:
        ValueError: It is not known which function is meant, or what it takes.
        TypeError: `thing` is nothing that can be called.
    """
    if isinstance(thing, (str, os.PathLike)):
        from tapeflow.core.files.saved_model import load  # lazy: only for paths

        thing = load(thing)
    thing = getattr(thing, "concrete", thing)  # of an exported program
    if isinstance(thing, ConcreteFunction):
        return thing
    if signature is not None or (getattr(thing, "signatures", None) and input_signature is None):
        return _signature_of(thing, signature)
    if input_signature is None and getattr(thing, "inputs", None) and callable(thing):
        return _of_keras(thing)
    called = thing if isinstance(thing, PolymorphicFunction) else _called(thing)
    return _traced(called, input_signature)


def _signature_of(thing, signature):
    known = getattr(thing, "signatures", None) or {}
    if signature is None:
        signature = _DEFAULT if _DEFAULT in known or len(known) != 1 else next(iter(known))
    if signature not in known:
        raise ValueError(f"there is no signature '{signature}'; known: {', '.join(sorted(known)) or 'none'}")
    return known[signature]


def _of_keras(model):
    """A Keras model that knows its inputs, as it predicts."""
    inputs = getattr(model, "input", None)  # their structure; a sequential model has but the list
    inputs = inputs if inputs is not None else model.inputs[0]
    specs = nest.map_structure(lambda x: TensorSpec(x.shape, x.dtype, x.name), inputs)

    def predict(inputs):
        return model(inputs, training=False)

    predict.__name__ = getattr(model, "name", None) or type(model).__name__
    return function(predict, input_signature=[specs]).get_concrete_function()


def _called(thing):
    """What a call of an object calls."""
    call = getattr(thing, "__call__", None)  # noqa: B004 (loaded objects have one of their own)
    if isinstance(call, PolymorphicFunction):
        return call
    if callable(thing):
        return function(thing)
    functions = [name for name in dir(thing) if isinstance(getattr(thing, name, None), PolymorphicFunction)]
    found = f" It has the functions {', '.join(functions)}: pass one of them." if functions else ""
    raise TypeError(f"a {type(thing).__name__} has no __call__ to export.{found}")


def _traced(called, input_signature):
    if input_signature is not None:
        return called.get_concrete_function(*input_signature)
    if called.input_signature is not None:
        return called.get_concrete_function()
    traces = called._list_all_concrete_functions()
    if len(traces) != 1:
        shown = "".join(f"\n  {one.pretty_printed_signature(verbose=False)}" for one in traces)
        raise ValueError(
            f"{called.name} was traced {len(traces)} times, and one trace is exported: pass input_signature=[tf."
            f"TensorSpec(shape, dtype), ...], with None for sizes that vary.{shown}"
        )
    return traces[0]
