"""`Dataset.explain`: the stages of a pipeline, and how each runs."""

from tapeflow.core.data.cursor import Start


def explain(dataset):
    """The stages as text, the source first."""
    lines = []
    _describe(dataset, 0, lines)
    return "\n".join(lines)


def _describe(dataset, depth, lines):
    for inside in dataset.inputs:
        _describe(inside, depth + (len(dataset.inputs) > 1), lines)
    name = type(dataset).__name__.strip("_").removesuffix("Dataset")
    lines.append(f"{'  ' * depth}{name}: {_way(dataset)}; elements {dataset.element_spec}")


def _way(dataset):
    """How a stage runs."""
    if dataset.symbols():
        return "as its function's arguments allow"
    start = Start()
    if dataset.access(start) is not None:
        return "by index"
    for function in dataset.functions:
        if function.vector() is not None and all(inside.access(start) is not None for inside in dataset.inputs):
            return "in blocks"
        return "element by element" + (", its function waits for others" if function.waits else "")
    return "element by element"
