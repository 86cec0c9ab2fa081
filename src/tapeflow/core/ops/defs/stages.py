"""Stage, MapStage and OrderedMapStage: where one part of a program leaves tuples of tensors for another.

A place is found by container and name, and by the dtypes of what it holds: there is no handle.
"""

import numpy as np

from tapeflow.core.base import dtypes as dtypes_of
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.shared import Shared
from tapeflow.core.base.staging import KeyedStaging, Staging, indices_of
from tapeflow.core.ops.op import op

_places = Shared()
_LIMITS = "capacity: int = 0, memory_limit: int = 0"
_NAMED = "container: string = '', shared_name: string = ''"


def _unknown(shapes, attrs):
    return [None] * len(attrs["dtypes"])


def _none(shapes, attrs):
    return []


def _one(shapes, attrs):
    return [()]


def _record(name, signature, kernel, shape, draw):
    op(name, signature, kernel=kernel, grad=None, stateful=True, elementwise=False, shape=shape, samples=draw,
       dtypes="any", fake_dtypes="any")  # fmt: skip


# -- one after the other -----------------------------------------------------------------------------


def _place(attrs):
    return _places.always(
        attrs["container"], f"stage {attrs['shared_name']}",
        lambda: Staging(attrs["capacity"], attrs["memory_limit"]),
    )  # fmt: skip


def _stage(values, **attrs):
    _place(attrs).put(values)
    return ()


def _clear(**attrs):
    _place(attrs).clear()
    return ()


_KINDS = f"{_LIMITS}, dtypes: list(type), {_NAMED}"


def _held(draw):
    """Attributes of a place that holds something, for the samples."""
    attrs = {"container": "", "shared_name": f"sample {id(draw)}", "capacity": 0, "memory_limit": 0}
    _place(attrs).put([np.int32(1)])
    return {"dtypes": [dtypes_of.int32], "shared_name": attrs["shared_name"]}


_record("Stage", f"values: list(dtypes), *, {_LIMITS}, {_NAMED} ->", _stage, _none,
        lambda draw: {"values": [np.int32(1)], "shared_name": "sample"})  # fmt: skip
_record("Unstage", f"*, {_KINDS} -> values: list(dtypes)", lambda **attrs: _place(attrs).take(), _unknown, _held)
_record("StagePeek", f"index: int32, *, {_KINDS} -> values: list(dtypes)",
        lambda index, **attrs: _place(attrs).peek(int(index)), _unknown,
        lambda draw: {"index": 0, **_held(draw)})  # fmt: skip
_record("StageSize", f"*, {_KINDS} -> size: int32", lambda **attrs: np.int32(len(_place(attrs).items)), _one, _held)
_record("StageClear", f"*, {_KINDS} ->", _clear, _none, _held)


# -- by key ------------------------------------------------------------------------------------------


def _kernels(ordered):
    """The kernels of the ops on one kind of places."""

    def place(attrs, count=None):
        # Only part of the dtypes may be named by who takes only part.
        name = f"{'ordered ' if ordered else ''}map {attrs['shared_name']}"
        count = len(attrs["dtypes"]) if count is None else count
        return _places.always(
            attrs["container"], name, lambda: KeyedStaging(attrs["capacity"], attrs["memory_limit"], count, ordered)
        )

    def stage(key, indices, values, **attrs):
        place(attrs).put_parts(_key(key), indices_of(indices), values)
        return ()

    def clear(**attrs):
        place(attrs).clear()
        return ()

    def take_any(indices, **attrs):
        key, parts = place(attrs).take_any(indices_of(indices))
        return np.int64(key), *parts

    return {
        "Stage": stage, "Clear": clear, "UnstageNoKey": take_any,
        "Peek": lambda key, indices, **attrs: place(attrs).parts(_key(key), indices_of(indices)),
        "Unstage": lambda key, indices, **attrs: place(attrs).take_parts(_key(key), indices_of(indices)),
        "Size": lambda **attrs: np.int32(len(place(attrs).items)),
        "IncompleteSize": lambda **attrs: np.int32(len(place(attrs).waiting)),
    }  # fmt: skip


def _key(key):
    if np.ndim(key):
        raise InvalidArgumentError(f"key must be an int64 scalar, and has shape {list(np.shape(key))}")
    return int(key)


_KEY = "key: int64, indices: int32"
for _prefix in ("Map", "OrderedMap"):
    _kernel = _kernels(_prefix == "OrderedMap")

    def _filled(draw, stage=_kernel["Stage"]):
        attrs = {"dtypes": [dtypes_of.int32], "shared_name": f"sample {id(draw)}"}
        stage(1, [0], [np.int32(1)], container="", capacity=0, memory_limit=0, **attrs)
        return attrs

    _record(f"{_prefix}Stage", f"{_KEY}, values: list(fake_dtypes), *, {_KINDS} ->", _kernel["Stage"], _none,
            lambda draw: {"key": 1, "indices": [0], "values": [np.int32(1)], "dtypes": [dtypes_of.int32]})  # fmt: skip
    for _name in ("Peek", "Unstage"):
        _record(f"{_prefix}{_name}", f"{_KEY}, *, {_KINDS} -> values: list(dtypes)", _kernel[_name], _unknown,
                lambda draw, filled=_filled: {"key": 1, "indices": [0], **filled(draw)})  # fmt: skip
    _record(f"{_prefix}UnstageNoKey", f"indices: int32, *, {_KINDS} -> key: int64, values: list(dtypes)",
            _kernel["UnstageNoKey"], lambda shapes, attrs: [(), *_unknown(shapes, attrs)],
            lambda draw, filled=_filled: {"indices": [0], **filled(draw)})  # fmt: skip
    for _name in ("Size", "IncompleteSize"):
        _record(f"{_prefix}{_name}", f"*, {_KINDS} -> size: int32", _kernel[_name], _one, _filled)
    _record(f"{_prefix}Clear", f"*, {_KINDS} ->", _kernel["Clear"], _none, _filled)
