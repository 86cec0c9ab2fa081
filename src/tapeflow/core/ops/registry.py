"""Every op by its TensorFlow name."""

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
        load_all()
    return _ops.get(op_name)


def load_all():
    """Imports every family and returns the table: name -> record."""
    import importlib
    import pkgutil

    from tapeflow.core.ops import defs

    for module in pkgutil.iter_modules(defs.__path__):
        importlib.import_module(f"{defs.__name__}.{module.name}")
    return dict(_ops)
