"""The first difference between a recorded result and an actual one, in words."""

from tests.parity.case import Case
from tests.parity.tolerance import close

ARRAYS = ("tensor", "variable", "numpy")


def difference(case: Case, expected, actual) -> str | None:
    """None if `actual` is what TensorFlow answered."""
    if is_error(expected) or is_error(actual):
        return _error_difference(case, expected, actual)
    return _tree_difference(case, expected, actual, "")


def is_error(tree) -> bool:
    return isinstance(tree, dict) and "error" in tree


def _error_difference(case, expected, actual):
    if not is_error(actual):
        return f"returns, instead of raising {expected['error']}: {expected['message']}"
    raised = f"{actual['error'][0]}: {' '.join(actual['message'].split())[:200]}"
    if not is_error(expected):
        return f"raises {raised}"
    if expected["error"] not in actual["error"]:
        return f"raises {raised}; TensorFlow raises {expected['error']}: {expected['message']}"
    missing = case.unsaid(actual["message"])
    return f"the message does not say {missing}: {raised}" if missing else None


def _tree_difference(case, expected, actual, place):
    where = f"at {place}: " if place else ""
    if type(expected) is not type(actual):
        return f"{where}{_short(actual)} instead of {_short(expected)}"
    if isinstance(expected, list):
        if len(expected) != len(actual):
            return f"{where}{len(actual)} parts instead of {len(expected)}"
        parts = (
            _tree_difference(case, e, a, f"{place}[{i}]")
            for i, (e, a) in enumerate(zip(expected, actual, strict=True))
        )
        return next((part for part in parts if part), None)
    if not isinstance(expected, dict):
        return None if expected == actual else f"{where}{_short(actual)} instead of {_short(expected)}"
    if expected.keys() != actual.keys():
        return f"{where}{_short(actual)} instead of {_short(expected)}"
    for kind in ARRAYS:
        if kind in expected:
            return _array_difference(case, kind, expected, actual, where)
    if "float" in expected or "complex" in expected:
        (kind,) = expected
        numbers = [[tree[kind]] if kind == "float" else tree[kind] for tree in (expected, actual)]
        if all(
            close("float32", e, a, 1.0, case.loose, case.signed_zeros) for e, a in zip(*numbers, strict=True)
        ):
            return None
        return f"{where}{actual[kind]} instead of {expected[kind]}"
    parts = (_tree_difference(case, expected[key], actual[key], place) for key in expected)
    return next((part for part in parts if part), None)


def _array_difference(case, kind, expected, actual, where):
    for fact in (kind, "shape"):
        if expected[fact] != actual[fact]:
            name = "dtype" if fact == kind else fact
            return f"{where}{name} {actual[fact]} instead of {expected[fact]}"
    if "values" not in expected:
        return None
    e, a = expected["values"], actual["values"]
    if len(e) != len(a):
        return f"{where}{len(a)} values instead of {len(e)}"
    largest = max((abs(x) for x in e if isinstance(x, int | float)), default=0)
    wrong = [
        i
        for i, (x, y) in enumerate(zip(e, a, strict=True))
        if not close(expected[kind], x, y, largest, case.loose, case.signed_zeros)
    ]
    if not wrong:
        return None
    i = wrong[0]
    return f"{where}values: {a[i]} instead of {e[i]} at flat index {i} ({len(wrong)} of {len(e)} differ)"


def _short(tree):
    text = repr(tree)
    return text if len(text) <= 300 else text[:300] + "..."
