"""Arrays as JSON, with numbers written as TensorFlow Serving writes them."""

import base64
import json

import numpy as np

from tapeflow.cli.serving.refusal import Refusal, invalid

# Digits that always bring a number back, by dtype; six are tried first, so that 0.1 stays 0.1.
_DIGITS = {"float32": 9, "float64": 17}
_NOT_FINITE = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def rows(outputs):
    """The answer to a request in row format.

    Args:
        outputs: Name -> array, all with the same first dimension.

    Raises:
        Refusal: They have no rows, or not the same number.
    """
    counts = {}
    for name, array in outputs.items():
        if not array.ndim:
            raise invalid(f"the output '{name}' is a scalar and has no rows: ask with 'inputs' instead of 'instances'")
        counts[name] = len(array)
    if len(set(counts.values())) > 1:
        raise invalid(f"the outputs have different numbers of rows, {counts}: ask with 'inputs' instead of 'instances'")
    columns = [_items(name, array, 1) for name, array in outputs.items()]
    if len(columns) > 1:
        keys = [json.dumps(name) for name in outputs]
        items = [
            "{" + ", ".join(f"{key}: {value}" for key, value in zip(keys, row, strict=True)) + "}"
            for row in zip(*columns, strict=True)
        ]
    else:
        (items,) = columns
    return f'{{"predictions": [{", ".join(items)}]}}'.encode()


def columns(outputs):
    """The answer to a request in column format."""
    if len(outputs) == 1:
        ((name, array),) = outputs.items()
        return f'{{"outputs": {_items(name, array, 0)[0]}}}'.encode()
    parts = [f"{json.dumps(name)}: {_items(name, array, 0)[0]}" for name, array in outputs.items()]
    return f'{{"outputs": {{{", ".join(parts)}}}}}'.encode()


def classes(labels, scores):
    """The answer to a classify request: pairs of label and score for every example."""
    count = len(labels if labels is not None else scores)
    width = (labels if labels is not None else scores).shape[1]
    if labels is None:
        words = [['""'] * width] * count
    else:
        words = [[_string(label, False) for label in row] for row in labels.tolist()]
    if scores is None:
        numbers = [["0.0"] * width] * count
    else:
        flat = decimals(scores)
        numbers = [flat[i * width : (i + 1) * width] for i in range(count)]
    results = [
        "[" + ", ".join(f"[{word}, {number}]" for word, number in zip(*pair, strict=True)) + "]"
        for pair in zip(words, numbers, strict=True)
    ]
    return f'{{"results": [{", ".join(results)}]}}'.encode()


def regressions(values):
    """The answer to a regress request: a number for every example."""
    return f'{{"results": [{", ".join(decimals(values))}]}}'.encode()


def decimals(array):
    """The numbers of a float array as texts: the fewest of 6 or all digits that bring the number back, and a point."""
    if array.dtype.name not in _DIGITS:  # half precisions
        array = array.astype(np.float32)
    flat, digits = array.ravel(), _DIGITS[array.dtype.name]
    values = flat.tolist()
    texts = (f"%.{digits}g " * len(values) % tuple(values)).split()  # all at once: three times as fast as one by one
    for i in np.flatnonzero(_may_be_short(flat)).tolist():
        texts[i] = _decimal(values[i], digits, flat.dtype.type)
    return texts


def _decimal(value, digits, narrow):
    text = f"{value:.6g}"
    # Read back in the array's own precision: 0.1 and the float32 next to it are the same number there.
    if narrow(float(text)) != value:
        text = f"{value:.{digits}g}"
    if "." not in text and "e" not in text:
        text = _NOT_FINITE.get(text) or text + ".0"
    return text


def _may_be_short(flat):
    """Where six digits may bring a number back, or a text without a point comes out: true for some others as well."""
    sizes = np.abs(flat.astype(np.float64))
    with np.errstate(all="ignore"):
        scaled = sizes * 10.0 ** (5 - np.floor(np.log10(sizes)))  # six digits before the point
        is_near = np.abs(scaled - np.rint(scaled)) <= scaled * (0.51 * np.finfo(flat.dtype).eps + 1e-14)
    return is_near | ~((sizes >= np.finfo(flat.dtype).tiny) & (sizes < 1e6))


def _items(name, array, outer):
    """The texts of an array's parts, put together but for the first `outer` dimensions."""
    items = _scalars(name, array)
    for axis in range(array.ndim - 1, outer - 1, -1):
        size = array.shape[axis]
        count = int(np.prod(array.shape[:axis], dtype=np.int64))
        items = ["[" + ", ".join(items[i * size : (i + 1) * size]) + "]" for i in range(count)]
    return items


def _scalars(name, array):
    kind = array.dtype.kind
    if kind == "f" or array.dtype.name == "bfloat16":
        return decimals(array)
    if kind in "iu":
        return list(map(str, array.ravel().tolist()))
    if kind == "b":
        return ["true" if x else "false" for x in array.ravel().tolist()]
    if kind in "OSU":
        as_bytes = name.endswith("_bytes")
        return [_string(x, as_bytes) for x in array.ravel().tolist()]
    raise Refusal(501, "UNIMPLEMENTED", f"output '{name}': there is no JSON for tensors of {array.dtype.name}")


def _string(value, as_bytes):
    """A string; as base64 where the output's name says so, or where it is no UTF-8."""
    value = value.encode() if isinstance(value, str) else value
    if not as_bytes:
        try:
            return json.dumps(value.decode(), ensure_ascii=False)
        except UnicodeDecodeError:
            pass
    return f'{{"b64": "{base64.b64encode(value).decode()}"}}'
