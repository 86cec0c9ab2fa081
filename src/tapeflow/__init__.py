"""TapeFlow: TensorFlow 2 in one small package. `import tapeflow as tf`, and a TensorFlow program runs.

Names are looked up when they are first used (PEP 562), so that the import costs no more than NumPy's.
"""

import importlib
import sys
from types import ModuleType

import ml_dtypes
import numpy

from tapeflow._names import CONSTANTS, MODULES, WHERE
from tapeflow._version import TF_VERSION as __version__
from tapeflow._version import VERSION as __tapeflow_version__

__all__ = ["__tapeflow_version__", "__version__", *sorted(WHERE), *sorted(CONSTANTS)]
newaxis = None


def __getattr__(name):
    if name in WHERE:
        importlib.import_module("tapeflow.core.start").ready()
        module, attribute = WHERE[name]
        value = getattr(importlib.import_module(f"tapeflow.{module}"), attribute)
    elif name in MODULES:
        value = _module(name)
    elif name in ("losses", "metrics", "optimizers", "initializers"):
        value = getattr(__getattr__("keras"), name)
    elif name == "__operators__":
        value = importlib.import_module("tapeflow.compat.operators")
    elif name == "__internal__":
        value = importlib.import_module("tapeflow.compat.internals").module(name)
    elif name == "install_as_tensorflow":
        value = importlib.import_module("tapeflow.install").install_as_tensorflow
    else:
        raise AttributeError(f"module 'tapeflow' has no attribute '{name}'", name=name, obj=sys.modules[__name__])
    globals()[name] = value
    return value


class _Front(ModuleType):
    """The module's class: whoever imports a namespace, as `tf.nn` or by `import tapeflow.nn`, needs the house."""

    def __setattr__(self, name, value):
        super().__setattr__(name, value)
        if name in MODULES:
            importlib.import_module("tapeflow.core.start").ready()

    def __reduce__(self):
        return importlib.import_module, (self.__name__,)  # functions that hold the module are pickled with it


sys.modules[__name__].__class__ = _Front


def _module(name):
    try:
        return importlib.import_module(f"tapeflow.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"tapeflow.{name}":
            raise
        raise AttributeError(f"tf.{name} is not part of TapeFlow yet", name=name, obj=None) from None


def __dir__():
    return sorted({*globals(), *WHERE, *MODULES, "initializers", "losses", "metrics", "optimizers"})
