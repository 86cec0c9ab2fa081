"""Shapes of parts of tensors, whose sizes or places are known in part: split, sliced, the largest elements."""

import numpy as np

from tapeflow.core.graph.constants import raw_sizes, value_of
from tapeflow.core.graph.shape_rules import rule, shape_of


@rule("Split")
def _split(args, attrs):
    given, axis, count = shape_of(args[1]), value_of(args[0]), attrs["num_split"]
    if given is None or axis is None:
        return [None if given is None else [None] * len(given)] * count
    if None not in given:
        return None  # all known: the evaluation
    axis = int(np.ravel(axis)[0])
    if not -len(given) <= axis < len(given):
        return None
    size = given[axis]
    given[axis] = None if size is None or size % count else size // count
    return [given] * count


@rule("SplitV")
def _split_by_sizes(args, attrs):
    given, axis, count = shape_of(args[0]), value_of(args[2]), attrs["num_split"]
    sizes = value_of(args[1])
    if given is not None and None not in given and axis is not None and sizes is not None:
        return None  # all known: the evaluation
    if given is None or axis is None:
        return [None if given is None else [None] * len(given)] * count
    axis = int(np.ravel(axis)[0])
    if not -len(given) <= axis < len(given):
        return None
    sizes = [None] * count if sizes is None else [None if n < 0 else n for n in np.ravel(sizes).tolist()]
    axis %= len(given)
    return [[*given[:axis], n, *given[axis + 1 :]] for n in sizes]


@rule("TopKV2", "TopK")
def _top_k(args, attrs):
    given = shape_of(args[0])
    count = attrs["k"] if len(args) == 1 else value_of(args[1])
    if given and None not in given and count is not None:
        return None  # all known: the evaluation
    found = [*given[:-1], None if count is None else int(count)] if given else None
    return [found, found]


@rule("NthElement")
def _nth(args, attrs):
    given = shape_of(args[0])
    if given and None not in given and value_of(args[1]) is not None:
        return None
    return [given[:-1] if given else None]


@rule("Slice")
def _slice(args, attrs):
    given, begin, sizes = shape_of(args[0]), value_of(args[1]), value_of(args[2])
    if given is not None and None not in given and begin is not None and sizes is not None:
        return None  # all known: the evaluation
    asked = raw_sizes(args[2]) or _unknown(args)
    if asked is None:
        return [None if given is None else [None] * len(given)]
    begin = raw_sizes(args[1]) or [None] * len(asked)
    if given is None or not len(given) == len(begin) == len(asked):
        given = [None] * len(asked)
    # A negative size asks for the rest, of which nothing is known if one of the others is not.
    rest = [None if n is None or b is None else n - b for n, b in zip(given, begin, strict=False)]
    return [[r if n is not None and n < 0 else n for n, r in zip(asked, rest, strict=False)]]


def _unknown(args):
    """As many unknown sizes as a slice has places or sizes, None if that is unknown too."""
    for arg in args[1:]:
        if shape := shape_of(arg):
            return None if shape[0] is None else [None] * shape[0]
    return None
