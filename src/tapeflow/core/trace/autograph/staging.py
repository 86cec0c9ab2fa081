"""Branches and loops over symbols, from the functions that converted code passes."""

from tapeflow.core.base import dtypes, nest
from tapeflow.core.base.mode import current
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.ops import registry
from tapeflow.core.trace.autograph.undefined import Undefined, UndefinedReturnValue
from tapeflow.core.trace.control import while_loop
from tapeflow.core.trace.staged import cond
from tapeflow.core.trace.tensor_array import TensorArray
from tapeflow.core.trace.tracing import FuncGraph
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.tensor import EagerTensor, Tensor
from tapeflow.core.values.variable import Variable

# Type -> rule(iterated, extra_test, body, get_state, set_state, names, options) of a `for` loop over such values.
_rules = []


def register_for_loop(kind, rule):
    """Teaches `for` to loop over instances of `kind` in a graph."""
    _rules.insert(0, (kind, rule))


def loop_rule(iterated):
    """The rule of a `for` loop over a value, None if Python loops."""
    if isinstance(iterated, Symbol) or (isinstance(iterated, EagerTensor) and current.graph is not None):
        return _for_tensor
    if current.graph is None:
        return None
    for kind, rule in _rules:
        if isinstance(iterated, kind):
            return rule
    return None


# -- branches --------------------------------------------------------------------------------------


def staged_if(test, body, other, get_state, set_state, names):
    """An `if` whose condition is a symbol."""
    before = _with_results(get_state(), (body, other), get_state, set_state)
    kinds = []

    def branch(function, which):
        def run():
            set_state(before)
            function()
            after = get_state()
            kinds.append(_checked(after, before, names, which))
            return tuple(_value(x) for x in after)

        return run

    results = cond(test, branch(body, "main"), branch(other, "else"), check=lambda: _check_alike(kinds, names))
    results = results if isinstance(results, tuple) else (results,)
    set_state(tuple(_restored(r, k) for r, k in zip(results, zip(*kinds, strict=True), strict=True)) if names else ())


def _with_results(before, branches, get_state, set_state):
    """The state with zeros for the result of a function that returns in a loop, as one of the branches returns it."""
    places = [i for i, x in enumerate(before) if isinstance(x, UndefinedReturnValue) and x.in_loop]
    for branch in branches if places else ():
        graph = FuncGraph("return_probe", current.graph)
        with graph:
            set_state(before)
            branch()
            found = [_returned_value(get_state()[i]) for i in places]
        for i, value in zip(places, found, strict=True):
            if value is not None:
                before = (*before[:i], nest.map_structure(lambda x: _zeros(x, "the result"), value), *before[i + 1 :])
        places = [i for i in places if isinstance(before[i], UndefinedReturnValue)]
    return before


def _returned_value(x):
    return None if isinstance(x, Undefined) or x is None else _value(x)


def _checked(after, before, names, which):
    """The values that a branch leaves, as they were before they became tensors."""
    for value, name in zip(after, names, strict=True):
        if isinstance(value, UndefinedReturnValue):
            raise ValueError(f"the {which} branch must also have a return statement.")
        if isinstance(value, Undefined):
            raise ValueError(f"'{name}' must also be initialized in the {which} branch")
    return after


def _value(x):
    """A variable's value as something that a graph can give out: tensors, None, structures of them."""
    if x is None or isinstance(x, (Tensor, TensorArray)):
        return x
    if isinstance(x, Variable):
        return x._read()
    return nest.map_structure(lambda leaf: leaf if leaf is None or isinstance(leaf, TensorArray) else _leaf(leaf), x)


def _leaf(x):
    if isinstance(x, Variable):
        return x._read()
    return x if isinstance(x, Tensor) or hasattr(type(x), "_type_spec") else convert(x)


def _restored(result, kinds):
    """What a variable holds after the branches: the same Python object if all left that, else the tensor."""
    first = kinds[0]
    if all(k is first for k in kinds) and not isinstance(first, Tensor):
        return first
    return result


def _check_alike(kinds, names):
    """Raises if the branches leave different kinds of values in a variable."""
    for name, *values in zip(names, *kinds, strict=True):
        try:
            nest.assert_same_structure(*values, expand_composites=True)
        except (ValueError, TypeError) as error:
            raise TypeError(
                f"'{name}' must have the same nested structure in the main and else branches: {error}"
            ) from None
        for value, which in zip(values, ("main", "else"), strict=True):
            if value is None and any(v is not None for v in values):
                raise ValueError(f"'{name}' is None at the end of the {which} branch.")
        first, second = (_dtype_of(v) for v in values)
        if first is not None and second is not None and first is not second:
            raise TypeError(
                f"'{name}' has dtype {first.name} in the main branch, but dtype {second.name} in the else branch"
            )


def _dtype_of(value):
    if isinstance(value, (bool, int, float, complex, str)):
        return convert(value).dtype
    return getattr(value, "dtype", None) if isinstance(value, (Tensor, Variable)) else None


# -- loops -----------------------------------------------------------------------------------------


def staged_while(test, body, get_state, set_state, names, options):
    """A `while` whose condition is a symbol."""
    first = _defined(get_state(), body, get_state, set_state, names)

    def go_on(*values):
        set_state(values)
        return test()

    def step(*values):
        set_state(values)
        body()
        return _after(get_state(), first, names)

    _run(go_on, step, first, set_state, names, options)


def _run(go_on, step, first, set_state, names, options, limit=None, hidden=()):
    """Builds the loop; `hidden` are loop variables before the user's."""
    given = {key: value() for key, value in options.items()}
    limit = given.get("maximum_iterations", limit)
    start = [*hidden, *(_loop_value(x) for x in first)]
    if not start:
        start = [convert(0)]
        after = while_loop(lambda i: go_on(), lambda i: (step(), [i + 1])[1], start, maximum_iterations=limit)
        set_state(())
        return
    invariants = _invariants(given.get("shape_invariants"), first, start, len(hidden))
    after = while_loop(go_on, step, tuple(start), shape_invariants=invariants, maximum_iterations=limit)
    set_state(tuple(after[len(hidden) :]))


def _invariants(given, first, start, hidden):
    """A shape for every leaf, those that the user widened among them."""
    if not given:
        return None
    shapes = []
    for i, value in enumerate(start):
        found = None
        if i >= hidden:
            for one, shape in given:
                if one is first[i - hidden]:
                    found = shape
        shapes.append(_shape_of(value) if found is None else found)
    return tuple(shapes)


def _shape_of(value):
    return nest.map_structure(lambda x: x.shape if hasattr(x, "shape") else TensorShape(None), value)


def _loop_value(x):
    return _value(x)


def _after(values, first, names):
    """The values after a repetition, Python numbers as tensors of the dtype that the loop began with."""
    result = []
    for value, before, name in zip(values, first, names, strict=True):
        if isinstance(value, Undefined):
            raise ValueError(f"'{name}' must be defined in every repetition of the loop")
        if (value is None) != (before is None):
            raise ValueError(
                f"'{name}' is not allowed to be None {'after' if value is None else 'before'} the loop body: it must "
                "be a tensor before and after"
            )
        if isinstance(before, Tensor) and not isinstance(value, (Tensor, Variable)):
            value = convert(value, hint=before.dtype)
        value = _value(value)
        try:
            nest.assert_same_structure(before, value, expand_composites=True)
        except (ValueError, TypeError) as error:
            raise TypeError(
                f"'{name}' does not have the same nested structure after one iteration.\n\n{error}"
            ) from None
        if isinstance(before, Tensor) and isinstance(value, Tensor) and value.dtype is not before.dtype:
            raise TypeError(
                f"'{name}' has dtype {before.dtype.name} before the loop, but dtype {value.dtype.name} after one "
                "iteration. TensorFlow control flow requires it stays the same."
            )
        result.append(value)
    return tuple(result)


def _defined(values, body, get_state, set_state, names, *args):
    """The initial values; those that the body sets before it reads them begin as zeros of the right kind."""
    if not any(isinstance(x, Undefined) for x in values):
        return tuple(_loop_value(x) for x in values)
    for x in values:
        if isinstance(x, UndefinedReturnValue):
            object.__setattr__(x, "in_loop", True)
    graph = FuncGraph("loop_probe", current.graph)
    with graph:
        set_state(values)
        try:
            body(*args)
        except UnboundLocalError as error:
            missing = [n for n, x in zip(names, values, strict=True) if isinstance(x, Undefined)]
            raise ValueError(f"'{missing[0]}' must be defined before the loop.") from error
        after = get_state()
    result = []
    for value, found, name in zip(values, after, names, strict=True):
        if not isinstance(value, Undefined):
            result.append(_loop_value(value))
            continue
        if isinstance(found, Undefined):
            raise ValueError(f"'{name}' must be defined before the loop.")
        result.append(
            None if found is None else nest.map_structure(lambda x, n=name: _zeros(x, n), _in_graph(graph, found))
        )
    set_state(tuple(result))
    return tuple(result)


def _in_graph(graph, found):
    with graph:
        return _value(found)


def _zeros(x, name):
    if not x.shape.is_fully_defined():
        raise ValueError(
            f"'{name}' must be defined before the loop: its shape {x.shape} is not known before the first repetition"
        )
    return registry.get("Fill")(x.shape.as_list(), convert("" if x.dtype is dtypes.string else 0, dtype=x.dtype))


# -- for -------------------------------------------------------------------------------------------


def _for_tensor(iterated, extra_test, body, get_state, set_state, names, options):
    """`for` over the rows of a tensor, or over a range that need not be made."""
    if iterated.shape.rank == 0:
        raise ValueError(f"len requires a non-scalar tensor, got one of shape {iterated.shape}: cannot iterate over it")
    node = getattr(iterated, "node", None)
    if node is not None and node.type == "Range" and iterated.dtype.is_integer:
        start, limit, delta = (_row_source(x) for x in node.args)
        count = _range_count(start, limit, delta)
        return _counted(
            lambda i: start + _cast(i, start) * delta, count, extra_test, body, get_state, set_state, names, options
        )
    from tapeflow.core.ops.defs.gather import gather_v2
    from tapeflow.core.ops.defs.shape import shape

    count = convert(iterated.shape[0]) if iterated.shape.rank and iterated.shape[0] is not None else shape(iterated)[0]

    def row(i):
        found = gather_v2(iterated, i, 0)
        if iterated.shape.rank is not None:
            found.set_shape(iterated.shape[1:])
        return found

    return _counted(row, count, extra_test, body, get_state, set_state, names, options)


def _row_source(x):
    from tapeflow.core.graph.constants import value_of

    value = value_of(x)
    return x if value is None else EagerTensor(value, x.dtype)


def _cast(i, like):
    from tapeflow.core.ops.defs.array import cast

    return i if like.dtype is i.dtype else cast(i, like.dtype)


def _range_count(start, limit, delta):
    """How many numbers a range has: ceil((limit - start) / delta), not below 0."""
    from tapeflow.core.ops.defs.array import cast

    floor_div, maximum = registry.get("FloorDiv"), registry.get("Maximum")
    zero = convert(0, dtype=start.dtype)
    return cast(maximum(zero - floor_div(start - limit, delta), zero), dtypes.int32)


def _counted(item, count, extra_test, body, get_state, set_state, names, options):
    """A loop of a number of repetitions that is known when it begins."""
    first = _defined(get_state(), body, get_state, set_state, names, _probe(item))

    def go_on(i, *values):
        set_state(values)
        within = i < count
        if extra_test is None:
            return within
        more = extra_test()
        if isinstance(more, (Tensor, Variable)):
            return registry.get("LogicalAnd")(within, convert(more))
        return within if more else convert(False)

    def step(i, *values):
        set_state(values)
        body(item(i))
        return (i + 1, *_after(get_state(), first, names))

    _run(go_on, step, first, set_state, names, options, limit=None, hidden=[convert(0)])


def _probe(item):
    """The first item, for finding out what the body does."""
    return item(convert(0))


def _for_array(iterated, extra_test, body, get_state, set_state, names, options):
    return _counted(iterated.read, iterated.size(), extra_test, body, get_state, set_state, names, options)


register_for_loop(TensorArray, _for_array)
