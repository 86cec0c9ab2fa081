"""`Dataset.explain`: the stages of a pipeline, how each runs, what it costs, and what is better done otherwise."""

import time

from tapeflow.core.data.advice import advice, name_of
from tapeflow.core.data.cursor import Start

# A stage is read for at most so long, whatever it was asked for.
_SECONDS = 1.0


def explain(dataset, elements=0):
    """The stages as text, the source first; measured over so many elements, if any."""
    lines = []
    _describe(dataset, 0, lines)
    measured = [_measured(one, elements) for one, _ in lines] if elements and not dataset.symbols() else None
    text = [line + ("" if measured is None else f"; {_spoken(measured[i])}") for i, (_, line) in enumerate(lines)]
    if measured is not None:
        text.append(_bottleneck([one for one, _ in lines], measured))
    text += [f"advice: {words}" for words, _ in advice(dataset)]
    return "\n".join(text)


def _describe(dataset, depth, lines):
    for inside in dataset.inputs:
        _describe(inside, depth + (len(dataset.inputs) > 1), lines)
    lines.append((dataset, f"{'  ' * depth}{name_of(dataset)}: {_way(dataset)}; elements {dataset.element_spec}"))


def _way(dataset):
    """How a stage runs."""
    if dataset.symbols():
        return "as its function's arguments allow"
    start = Start()
    if dataset.access(start) is not None:
        return "by index"
    cursor = dataset.cursor(start)
    cursor.close()
    way = "in blocks" if cursor.columnar else "element by element"
    if type(cursor).__name__ == "Prefetched":
        return "in a thread of its own"
    if type(cursor).__name__ == "Ordered":
        return "element by element, in several threads"
    if type(cursor).__name__ == "_Batched" and cursor._source.columnar:
        return "one block a batch"
    return way + (", its function waits for others" if any(f.waits for f in dataset.functions) else "")


# -- measuring -------------------------------------------------------------------------------------


def _measured(dataset, elements):
    """(seconds for an element, bytes of an element) of the pipeline up to a stage; None if it has no elements."""
    cursor = dataset.cursor(Start())
    count = size = 0
    begun = time.perf_counter()
    try:
        while count < elements and time.perf_counter() - begun < _SECONDS:
            row = cursor.next()
            if row is None:
                break
            count += 1
            size += sum(getattr(x, "nbytes", 0) for x in row)
        spent = time.perf_counter() - begun
    finally:
        cursor.close()
    return (spent / count, size / count, count) if count else None


def _spoken(found):
    if found is None:
        return "no elements"
    seconds, size, _ = found
    return f"{1 / seconds:,.0f} elements/s, {size:,.0f} bytes each" if seconds else f"{size:,.0f} bytes each"


def _bottleneck(datasets, measured):
    """The stage that takes the most time for itself, for an element of its own."""
    costs = {id(d): m for d, m in zip(datasets, measured, strict=True)}
    own = []
    for dataset, found in zip(datasets, measured, strict=True):
        if found is None:
            continue
        before = sum(costs[id(d)][0] * _ratio(d, dataset) for d in dataset.inputs if costs.get(id(d)))
        own.append((max(0.0, found[0] - before), name_of(dataset)))
    if not own:
        return "bottleneck: none, there are no elements"
    seconds, name = max(own)
    return f"bottleneck: {name}, {seconds * 1e6:,.1f} µs for each of its elements"


def _ratio(inside, outside):
    """How many elements of the inner dataset one of the outer takes, where their sizes are known."""
    a, b = inside.count(Start()), outside.count(Start())
    return a / b if a > 0 and b > 0 else 1
