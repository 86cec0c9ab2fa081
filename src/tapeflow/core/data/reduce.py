"""`Dataset.reduce`: a value carried over all elements."""

from tapeflow.core.base.mode import current
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.data import nodes, structure
from tapeflow.core.data.cursor import Start
from tapeflow.core.data.function import DataFunction
from tapeflow.core.data.structure import Structure
from tapeflow.core.values.tensor import EagerTensor


def stateful_function(function, state, element_spec, name):
    """A function of (state, element), captured anew with wider shapes until the state keeps its own.

    Returns:
        The `DataFunction`, and the state's spec.
    """
    spec = structure.spec_of(state)
    for _ in range(5):
        captured = DataFunction(function, (spec, element_spec), name)
        after = captured.spec if name != "Dataset.scan()" else _scan_state(captured.spec, name)
        _check(spec, after, name)
        wider = structure.merged(spec, after)
        if wider is None or wider == spec:
            break
        spec = wider
    return captured, spec


def _scan_state(spec, name):
    if not isinstance(spec, tuple) or len(spec) != 2:
        raise TypeError(
            "Invalid `scan_func`. `scan_func` should return a pair consisting of new state and the output value but "
            f"its return type is {spec}."
        )
    return spec[0]


def _check(before, after, name):
    what = "scan_func" if name == "Dataset.scan()" else "reduce_func"
    try:
        pairs = list(zip(structure.flatten(before), structure.flatten_up_to(before, after), strict=True))
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"Invalid `{what}`. The element structure of the initial state, {before}, does not match that of the new "
            f"state, {after}."
        ) from error
    for a, b in pairs:
        if type(a) is not type(b):
            raise TypeError(
                f"The element classes for the new state must match the initial state. Expected {a!r}; got {b!r}."
            )
        if isinstance(a, TensorSpec) and a.dtype is not b.dtype:
            raise TypeError(
                f"The element types for the new state must match the initial state. Expected {a.dtype!r}; got "
                f"{b.dtype!r}."
            )


def reduce_dataset(dataset, initial_state, reduce_func):
    """See `Dataset.reduce`."""
    state = structure.normalized(initial_state)
    function, spec = stateful_function(reduce_func, state, dataset.element_spec, "reduce()")
    made = Structure(spec)
    if current.graph is None:
        run = function.bind(Start())
        return made.value(_folded(dataset.run_cursor(), run, made.leaves(state)))
    tensors = [t for leaf in structure.flatten(state) for t in structure.tensors_of(leaf)]
    from tapeflow.core.data.as_raw import of_function
    from tapeflow.core.data.shared_state import note, reading

    note([function.graph])
    outside, variant = of_function(function), dataset._variant_tensor
    inputs = variant, (*tensors, *function.symbols, *nodes.captured(outside))
    attrs = {"function": function, "made": made, "outside": outside}
    outputs = reading(lambda: nodes._add(_reduce, inputs, attrs, nodes._specs(made.flat_specs)))
    return nodes.element_of(made, outputs)


def _folded(cursor, run, leaves):
    try:
        while (row := cursor.next()) is not None:
            leaves = run((*leaves, *row))
    finally:
        cursor.close()
    return leaves


def _reduced(attrs, variant, rest):
    function, made = attrs["function"], attrs["made"]
    count = len(made.flat_specs)
    env = {(s.node, s.index): x for s, x in zip(function.symbols, rest[count:], strict=False)}
    leaves = made.from_flat([x.host for x in rest[:count]])
    leaves = _folded(nodes.held_by(variant).cursor(), function.bind(Start(env)), leaves)
    return [EagerTensor(x, s.dtype) for x, s in zip(made.to_flat(leaves), made.flat_specs, strict=True)]


_reduce = nodes._op(
    "_Reduce", "dataset: variant, initial_state: list(T), *, function: any, made: any, outside: list(any) "
    "-> components: list(T)", _reduced,
)  # fmt: skip
