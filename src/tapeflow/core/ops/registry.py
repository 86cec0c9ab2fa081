"""Every op by its TensorFlow name."""

from functools import cache

_ops = {}


def register(record):
    """Adds an op record; a name is defined once."""
    if record.op_name in _ops:
        raise ValueError(f"op {record.op_name} is defined twice")
    _ops[record.op_name] = record


def known(op_name):
    """The record of an op whose family has been imported."""
    return _ops[op_name]


def get(op_name):
    """The record of an op, or None."""
    if op_name not in _ops:
        _load(op_name)
    return _ops.get(op_name)


def _load(op_name):
    """Imports the families whose text has the name, and all of them if it is not there: names may be put together.

    A program that runs a saved model needs a few ops; all families together take long to import.
    """
    import importlib

    quoted = f'"{op_name}"'.encode()
    for name, text in _texts().items():
        if quoted in text:
            importlib.import_module(name)
            if op_name in _ops:
                return
    load_all()


@cache
def _texts():
    """The name of each family's module -> its text."""
    import pkgutil

    from tapeflow.core.ops import defs

    found = {}
    for module in pkgutil.iter_modules(defs.__path__):
        text = pkgutil.get_data(defs.__name__, f"{module.name}.py") if not module.ispkg else None
        if text is not None:
            found[f"{defs.__name__}.{module.name}"] = text
    return found


def load_all():
    """Imports every family and returns the table: name -> record."""
    import importlib
    import pkgutil

    from tapeflow.core.ops import defs

    for module in pkgutil.iter_modules(defs.__path__):
        importlib.import_module(f"{defs.__name__}.{module.name}")
    return dict(_ops)
