"""Reads the recorded calls beside the SavedModels of `tests/corpus/savedmodels`."""

import json
from pathlib import Path

import numpy as np

import tapeflow as tf

PLACE = Path(__file__).parent.parent / "corpus" / "savedmodels"
NAMES = sorted(path.stem for path in PLACE.glob("*.json"))


class Recorded:
    """The calls of one model.

    Attributes:
        calls: Dictionaries with what to do, on what, with what, and what comes out.
    """

    def __init__(self, name):
        self.path = PLACE / name
        self.calls = json.loads((PLACE / f"{name}.json").read_text())["calls"]
        self.arrays = np.load(PLACE / f"{name}.npz", allow_pickle=False)

    def value(self, encoded):
        """An argument."""
        if encoded is None:
            return None
        ((kind, x),) = encoded.items()
        return getattr(self, f"_{kind}")(x)

    def _t(self, key):
        array = self.arrays[key]
        if array.dtype.kind == "S":
            return tf.constant(array.tolist(), tf.string)
        return tf.constant(array, array.dtype)

    def _py(self, x):
        return x

    def _ragged(self, x):
        return tf.RaggedTensor.from_row_splits(self.value(x["values"]), self.value(x["row_splits"]))

    def _sparse(self, x):
        return tf.SparseTensor(self.arrays[x["indices"]], self.value(x["values"]), self.arrays[x["shape"]])

    def _list(self, x):
        return [self.value(one) for one in x]

    def _tuple(self, x):
        return tuple(self._list(x))

    def _dict(self, x):
        return {key: self.value(one) for key, one in x.items()}

    def check(self, found, call):
        """Asserts that a result is the recorded one."""
        expected = self.value(call["returns"])
        tf.nest.assert_same_structure(_unnamed(found), _unnamed(expected), expand_composites=True)
        pairs = zip(*(tf.nest.flatten(one, expand_composites=True) for one in (found, expected)), strict=True)
        for a, b in pairs:
            a, b = np.asarray(a), np.asarray(b)
            assert a.shape == b.shape
            if b.dtype.kind in "fc":
                np.testing.assert_allclose(a, b, rtol=call.get("rtol", 1e-4), atol=call.get("atol", 1e-5))
            else:
                np.testing.assert_array_equal(a, b)

    def play(self, model, call):
        """Does what one call says and checks what comes out."""
        target = eval(call["target"], {"m": model, "tf": tf})  # the files are ours
        args, kwargs = self._list(call.get("args", [])), self._dict(call.get("kwargs", {}))
        getattr(self, f"_do_{call['do']}")(model, target, args, kwargs, call)

    def _do_value(self, model, target, args, kwargs, call):
        self.check(target, call)

    def _do_assign(self, model, target, args, kwargs, call):
        target.assign(args[0])

    def _do_call(self, model, target, args, kwargs, call):
        self.check(target(*args, **kwargs), call)

    def _do_raises(self, model, target, args, kwargs, call):
        try:
            target(*args, **kwargs)
        except (tf.errors.OpError, TypeError, ValueError, LookupError):
            return
        raise AssertionError(f"{call['target']} raised nothing")

    def _do_grad(self, model, target, args, kwargs, call):
        variables = [eval(one, {"m": model}) for one in call["wrt"]]
        with tf.GradientTape() as tape:
            outputs = tf.nest.flatten(target(*args, **kwargs))
            loss = tf.add_n([tf.reduce_sum(y * y) for y in outputs if y.dtype.is_floating])
        grads = [None if g is None else tf.convert_to_tensor(g) for g in tape.gradient(loss, variables)]
        self.check(grads, call)


def _unnamed(structure):
    """The structure with plain lists for tuples of any kind."""
    if isinstance(structure, dict):
        return {key: _unnamed(structure[key]) for key in structure}
    if isinstance(structure, (list, tuple)):
        return [_unnamed(one) for one in structure]
    return structure
