"""How two descriptions differ, of one kind or of two: signatures, arrays with their values, ops."""

import hashlib
from collections import Counter

import numpy as np

from tapeflow.core.files.shown.description import count_text

_CHUNK = 1 << 22
_ENDINGS = ("/.ATTRIBUTES/VARIABLE_VALUE", ":0")


def difference(a, b, everything=False):
    """The lines that say how two descriptions differ; none if they do not.

    Args:
        a, b: `Description`s.
        everything: Whether long lists are printed to their end.
    """
    lines = []
    if a.kind != b.kind:
        lines.append(f"  kind: {a.kind} → {b.kind}")
    if a.signatures is not None and b.signatures is not None:
        lines += _headed("signatures", _signatures(a, b))
    if a.variables is not None and b.variables is not None:
        rows = _variables(a.variables, b.variables)
        limit = len(rows) if everything else 300
        lines += _headed("variables", [*rows[:limit], *[f"and {len(rows) - limit} more"] * (len(rows) > limit)])
    if a.ops is not None and b.ops is not None:
        lines += _headed("ops", _counts(a.ops, b.ops))
    if a.kind == b.kind:
        lines += _sections(dict(a.sections), dict(b.sections))
    return [f"- {a.kind} {a.path}", f"+ {b.kind} {b.path}", *lines] if lines else []


def _headed(heading, rows):
    return [f"  {heading}:", *(f"    {row}" for row in rows)] if rows else []


def _signatures(a, b):
    rows = []
    for key in sorted(a.signatures | b.signatures):
        one, other = a.signatures.get(key), b.signatures.get(key)
        if one is None or other is None:
            rows.append(f"{'+' if one is None else '-'} {key}({', '.join((one or other).inputs)})")
            continue
        for word, left, right in (("takes", one.inputs, other.inputs), ("gives", one.outputs, other.outputs)):
            rows += [f"- {key} {word} {x}" for x in left if x not in right]
            rows += [f"+ {key} {word} {x}" for x in right if x not in left]
        before, after = a.work.get(key), b.work.get(key)
        if isinstance(before, float) and isinstance(after, float) and before != after:
            rows.append(f"  {key} FLOPs: {count_text(before)} → {count_text(after)}")
    return rows


def _counts(a, b):
    changed = [op for op in sorted(a | b) if a[op] != b[op]]
    return [f"{op}: {a[op]} → {b[op]}" for op in changed]


def _sections(a, b):
    """Sections by their headings' first words: the rest may be counts."""
    a, b = ({heading.split(",")[0]: rows for heading, rows in one.items()} for one in (a, b))
    lines = []
    for heading in sorted(a | b):
        left, right = a.get(heading, []), b.get(heading, [])
        rows = [f"- {x}" for x in left if x not in right] + [f"+ {x}" for x in right if x not in left]
        lines += _headed(heading, rows)
    return lines


# -- arrays ------------------------------------------------------------------------------------------


def _plain(name):
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    return name.replace(".", "/")


def _variables(left, right):
    pairs, only_left, only_right = _paired(left, right)
    rows = []
    for a, b, how in pairs:
        found = _pair_difference(a, b)
        named = a.name if _plain(a.name) == _plain(b.name) else f"{a.name} ~ {b.name} ({how})"
        if found:
            rows.append(f"{named}: {found}")
    rows += [f"- {one}" for one in only_left] + [f"+ {one}" for one in only_right]
    return rows


def _paired(left, right):
    """Pairs (a, b, how they were found), and what is left over on each side.

    By name; what names leave over, by equal values, and then by a shape that one array on each side has.
    """
    pairs, rest = _matched(left, right, lambda one: _plain(one.name), "name")
    equal, rest = _matched(*rest, _content, "equal values")
    alone, rest = _matched(*rest, _lone(*rest), "the only ones of this shape")
    return [*pairs, *equal, *alone], *rest


def _matched(left, right, key, how):
    """Pairs of arrays with the same key, None for none, and the arrays of both sides that are left over."""
    waiting = {}
    for b in right:
        waiting.setdefault(key(b), []).append(b)
    waiting.pop(None, None)
    pairs, rest = [], []
    for a in left:
        found = waiting.get(key(a))
        if found:
            pairs.append((a, found.pop(0), how))
        else:
            rest.append(a)
    taken = {id(b) for _, b, _ in pairs}
    return pairs, [rest, [b for b in right if id(b) not in taken]]


def _lone(*sides):
    """The key by shape and dtype, for those of which there is one on each side."""
    counts = [Counter(map(_kind, side)) for side in sides]
    return lambda one: _kind(one) if all(count[_kind(one)] == 1 for count in counts) else None


def _kind(stored):
    return (stored.dtype, stored.shape) if stored.count > 1 else None


def _content(stored):
    """What is equal for arrays of equal values; None for those without, and for single numbers, which mean little."""
    if stored.read is None or stored.count <= 1:
        return None
    array = np.ascontiguousarray(stored.read())
    if array.dtype == object:
        return None
    return stored.dtype, array.shape, hashlib.blake2b(array.reshape(-1).view(np.uint8)).digest()


def _pair_difference(a, b):
    """How two arrays differ, as text; empty if they do not."""
    found = []
    if a.dtype != b.dtype:
        found.append(f"{a.dtype} → {b.dtype}")
    if a.shape != b.shape:
        found.append(f"{_sizes(a.shape)} → {_sizes(b.shape)}")
    if None not in (a.is_trainable, b.is_trainable) and a.is_trainable != b.is_trainable:
        found.append("trainable → not trainable" if a.is_trainable else "not trainable → trainable")
    if not found and a.read is not None and b.read is not None:
        found += _value_difference(np.asarray(a.read()), np.asarray(b.read()))
    return ", ".join(found)


def _sizes(shape):
    return "any shape" if shape is None else str(list(shape)).replace("None", "?")


def _value_difference(x, y):
    """How the values differ: none, or one text."""
    if x.shape != y.shape:
        return [f"values of {list(x.shape)} → {list(y.shape)}"]
    x, y = x.reshape(-1), y.reshape(-1)
    if x.dtype.kind in "OSUVb" and x.dtype.kind != "V":
        count = int(np.sum(x != y))
        return [f"{count:,} of {x.size:,} values differ"] if count else []
    wide = np.complex128 if "c" in (x.dtype.kind, y.dtype.kind) else np.float64
    count, largest, total, scale = 0, 0.0, 0.0, 0.0
    for start in range(0, x.size, _CHUNK):
        one, other = x[start : start + _CHUNK].astype(wide), y[start : start + _CHUNK].astype(wide)
        with np.errstate(invalid="ignore"):
            apart = np.abs(one - other)
        same = (one == other) | (np.isnan(one) & np.isnan(other))
        apart = np.where(same, 0.0, np.where(np.isnan(apart), np.inf, apart))
        count += int(np.sum(~same))
        largest = max(largest, float(apart.max(initial=0.0)))
        finite = np.isfinite(apart)
        total += float(np.sum(apart[finite] ** 2))
        scale += float(np.sum(np.abs(one[np.isfinite(one)]) ** 2))
    if not count:
        return []
    relative = f", {np.sqrt(total / scale):.3g} relative" if scale else ""
    return [f"{count:,} of {x.size:,} values differ, by {largest:.3g} at most{relative}"]


