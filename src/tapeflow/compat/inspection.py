"""`tensorflow.python.util.tf_inspect`: Python's `inspect`, looking through decorators."""

import inspect as _inspect
from collections import namedtuple
from inspect import (
    Parameter,
    Signature,
    currentframe,
    getcallargs,
    getdoc,
    getframeinfo,
    getmembers,
    getmodule,
    getmro,
    isbuiltin,
    isclass,
    isframe,
    isgenerator,
    ismethod,
    ismodule,
    isroutine,
    signature,
    stack,
)

from tapeflow.compat.decorators import unwrap

FullArgSpec = _inspect.FullArgSpec
ArgSpec = namedtuple("ArgSpec", ["args", "varargs", "keywords", "defaults"])


def getfullargspec(obj):
    """Returns the argument names and defaults that the outermost decorator states, or those of what is behind."""
    layers, target = unwrap(obj)
    stated = next((layer.decorator_argspec for layer in layers if layer.decorator_argspec is not None), None)
    if isinstance(stated, FullArgSpec):
        return stated
    return _inspect.getfullargspec(target if stated is None else obj)


def getargspec(obj):
    """Returns names, name of the rest, name of the named rest and defaults: `getfullargspec` as Python 2 had it."""
    spec = getfullargspec(obj)
    return ArgSpec(spec.args + spec.kwonlyargs, spec.varargs, spec.varkw, spec.defaults)


def getfile(obj):
    """Returns the file that defines what is behind the decorators."""
    return _inspect.getfile(unwrap(obj)[1])


def getsource(obj):
    """Returns the source text of what is behind the decorators."""
    return _inspect.getsource(unwrap(obj)[1])


def getsourcefile(obj):
    """Returns the source file of what is behind the decorators."""
    return _inspect.getsourcefile(unwrap(obj)[1])


def getsourcelines(obj):
    """Returns the source lines of what is behind the decorators."""
    return _inspect.getsourcelines(unwrap(obj)[1])


def isfunction(obj):
    """Returns whether a function is behind the decorators."""
    return _inspect.isfunction(unwrap(obj)[1])


def isgeneratorfunction(obj):
    """Returns whether a generator function is behind the decorators."""
    return _inspect.isgeneratorfunction(unwrap(obj)[1])


def isanytargetmethod(obj):
    """Returns whether a bound method is among the decorators or behind them."""
    layers, target = unwrap(obj)
    return any(map(_inspect.ismethod, [*layers, target]))
