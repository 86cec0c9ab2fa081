"""What the runtime raises, in TensorFlow's classes and in words that help.

Who can explain stands above the rooms that meet the errors: its place is named here by `core/start.py`, and it is
loaded when something has failed.
"""

import importlib

where: list[str] = []  # modules with a function explained(error) -> error or None


def translated(error):
    """The error in better words, or itself if nobody has any."""
    for name in where:
        found = importlib.import_module(name).explained(error)
        if found is not None:
            return found
    return error


def raise_translated(error):
    """Raises an error of the runtime in better words; returns if nobody has any."""
    found = translated(error)
    if found is not error:
        raise found from error
