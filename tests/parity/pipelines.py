"""What a parity case shows of a dataset: its spec, its cardinality, and its first elements as text."""

import dataclasses
import functools

import numpy as np

FIRST = 24


def shown(ds, limit=FIRST):
    """The outcome of a pipeline; short, so that hundreds of them stay small."""
    elements = [text(x) for _, x in zip(range(limit), ds, strict=False)]
    return repr(ds.element_spec), int(ds.cardinality()), " ".join(elements)


def text(x):
    """An element as text: arrays as lists, floats to six digits."""
    if isinstance(x, dict):
        return "{" + ",".join(f"{k}:{text(x[k])}" for k in sorted(x)) + "}"
    if isinstance(x, tuple):
        return "(" + ",".join(map(text, x)) + ")"
    if hasattr(x, "dense_shape") and hasattr(x, "indices"):
        return f"sparse{text(x.indices)}{text(x.values)}{text(x.dense_shape)}"
    if hasattr(x, "to_list"):
        return "ragged" + _plain(x.to_list())
    if hasattr(x, "numpy"):
        return _plain(np.asarray(x.numpy()).tolist())
    if hasattr(x, "element_spec") and hasattr(x, "__iter__"):
        return "dataset[" + " ".join(map(text, x)) + "]"
    return repr(x)


def _plain(x):
    if isinstance(x, list):
        return "[" + ",".join(map(_plain, x)) + "]"
    return f"{x:.6g}" if isinstance(x, float) else repr(x)


def unseeded(family):
    """Makes the cases of a family begin without a global seed, whatever ran before them."""
    for name, case in family.cases.items():
        family.cases[name] = dataclasses.replace(case, function=functools.partial(_without_seed, case.function))


def _without_seed(function, tf, *args):
    tf.random.set_seed(None)
    return function(tf, *args)
