"""Python's built-in functions over symbols. `print` stays Python's: it shows what is traced, as in TensorFlow."""

from tapeflow.core.values.symbol import Symbol

# (type, {name of a built-in function: what it does for such values}): of values that only a graph's loop can walk.
kinds = []


def _rule(name, value):
    """What a built-in function does for a value of a registered kind, None if nothing special."""
    for kind, rules in kinds:
        if isinstance(value, kind):
            return rules.get(name)
    return None


def _symbolic(value):
    return type(value) is Symbol


def _has_symbol(values):
    return any(map(_symbolic, values))


def abs_(x):
    """`abs`."""
    return abs(x)


def float_(x=0.0):
    """`float`: a symbol becomes float32."""
    return _cast(x, "float32") if _symbolic(x) else float(x)


def int_(x=0, *args, **kwargs):
    """`int`: a symbol becomes int32."""
    return _cast(x, "int32") if _symbolic(x) else int(x, *args, **kwargs)


def bool_(x=False):
    """`bool`: a symbol becomes bool."""
    return _cast(x, "bool") if _symbolic(x) else bool(x)


def _cast(x, dtype):
    from tapeflow.core.ops.compose.array import cast

    return cast(x, dtype)


def len_(x):
    """`len`: the first size of a symbol."""
    if _symbolic(x):
        from tapeflow.core.ops.defs.shape import shape

        if x.shape.rank == 0:
            raise ValueError("len requires a non-scalar tensor, got one of shape []")
        known = x.shape[0] if x.shape.rank else None
        return known if known is not None else shape(x)[0]
    if hasattr(x, "flow") and hasattr(x, "size"):
        return x.size()
    rule = _rule("len", x)
    return len(x) if rule is None else rule(x)


def next_(iterator, *default):
    """`next`: of an iterator over a dataset, with a default for its end too."""
    rule = _rule("next", iterator)
    return next(iterator, *default) if rule is None else rule(iterator, *default)


def range_(*limits):
    """`range`: of symbols, a tensor."""
    if _has_symbol(limits):
        from tapeflow.core.ops.compose.creation import range as tf_range

        return tf_range(*limits)
    return range(*limits)


def enumerate_(values, start=0):
    """`enumerate`: of a symbol, pairs of a number and a row."""
    if _symbolic(values):
        from tapeflow.core.trace.autograph.pairs import Enumerated

        return Enumerated(values, start)
    rule = _rule("enumerate", values)
    return enumerate(values, start) if rule is None else rule(values, start)


def zip_(*iterables, strict=False):
    """`zip`: of symbols, tuples of rows."""
    if _has_symbol(iterables) and all(map(_symbolic, iterables)):
        from tapeflow.core.trace.autograph.pairs import Zipped

        return Zipped(iterables)
    rules = [_rule("zip", x) for x in iterables]
    if rules and all(rules):
        return rules[0](*iterables)
    return zip(*iterables, strict=strict)


def any_(values):
    """`any`."""
    if _symbolic(values):
        from tapeflow.core.ops.compose.reduce import reduce_any

        return reduce_any(values)
    rule = _rule("any", values)
    return any(values) if rule is None else rule(values)


def all_(values):
    """`all`."""
    if _symbolic(values):
        from tapeflow.core.ops.compose.reduce import reduce_all

        return reduce_all(values)
    rule = _rule("all", values)
    return all(values) if rule is None else rule(values)


def sorted_(values, key=None, reverse=False):
    """`sorted`: a symbol's elements along its last axis."""
    if _symbolic(values) and key is None:
        from tapeflow.core.ops.compose.order import sort

        return sort(values, direction="DESCENDING" if reverse else "ASCENDING")
    return sorted(values, key=key, reverse=reverse)


def max_(*args, **kwargs):
    """`max`: of symbols, the largest."""
    if args and not kwargs and _has_symbol(args):
        return _extreme("Maximum", "reduce_max", args)
    return max(*args, **kwargs)


def min_(*args, **kwargs):
    """`min`: of symbols, the smallest."""
    if args and not kwargs and _has_symbol(args):
        return _extreme("Minimum", "reduce_min", args)
    return min(*args, **kwargs)


def _extreme(op_name, reduction, args):
    if len(args) == 1:
        from tapeflow.core.ops.compose import reduce

        return getattr(reduce, reduction)(args[0], axis=0)
    from tapeflow.core.ops import registry

    result = args[0]
    for x in args[1:]:
        result = registry.get(op_name)(result, x)
    return result


def map_(function, *iterables):
    """`map`: the function is converted."""
    from tapeflow.core.trace.autograph.calls import target_of

    rule = _rule("map", iterables[0]) if len(iterables) == 1 else None
    return map(target_of(function), *iterables) if rule is None else rule(function, *iterables)


def filter_(function, iterable):
    """`filter`: the function is converted."""
    from tapeflow.core.trace.autograph.calls import target_of

    rule = _rule("filter", iterable)
    if rule is not None:
        return rule(function, iterable)
    return filter(None if function is None else target_of(function), iterable)


OVERLOADS = {
    abs: abs_, float: float_, int: int_, bool: bool_, len: len_, range: range_, enumerate: enumerate_,
    zip: zip_, any: any_, all: all_, sorted: sorted_, max: max_, min: min_, map: map_, filter: filter_,
    next: next_,
}  # fmt: skip
