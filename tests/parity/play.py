"""Runs a case; reads what was recorded."""

import json
import re
from functools import cache
from pathlib import Path

from tests.parity.case import Case
from tests.parity.compare import difference
from tests.parity.describe import describe, describe_error

GOLDEN = Path(__file__).parent / "golden"


def play(case: Case, tf):
    """The tree of what the case answers on `tf`, and the exception it ended in, if any."""
    try:
        result = case.function(tf, *case.args)
    except Exception as error:
        return describe_error(error), error
    try:
        return describe(result), None
    except TypeError as error:
        error.add_note(f"in the result of {case.name}")
        raise


@cache
def golden(family: str) -> dict:
    """The recorded results of a family by case name; empty if it was never recorded."""
    path = GOLDEN / f"{family}.json"
    return json.loads(path.read_text())["cases"] if path.exists() else {}


def unanswered(case: Case) -> bool:
    """Whether TensorFlow had no kernel for the case's dtype, so that there is nothing to compare with."""
    recorded = golden(family_of(case)).get(case.name)
    return isinstance(recorded, dict) and "no_answer" in recorded


def family_of(case: Case) -> str:
    return case.name.partition("/")[0]


def verdict(case: Case, tf):
    """What differs from TensorFlow, or None, and the exception the case ended in, if any."""
    recorded = golden(family_of(case))
    if case.name not in recorded:
        return "is not recorded: run tools/record.py where TensorFlow is installed", None
    actual, error = play(case, tf)
    return difference(case, recorded[case.name], actual), error


def absent(error):
    """The name of the part of the API that the case found missing, if that is what ended it."""
    found = re.search(r"no attribute '(\w+)'|tf\.(\w+) is not part|No module named '([\w.]+)'", str(error))
    return next((name for name in found.groups() if name), None) if found else None
