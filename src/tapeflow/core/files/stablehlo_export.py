"""`tf.export.to_stablehlo`: functions and models as StableHLO programs with their weights."""

import re
from collections.abc import Mapping

from tapeflow.core.base import dtypes, nest
from tapeflow.core.base.errors import InvalidArgumentError, OpError, UnimplementedError
from tapeflow.core.base.specs import TensorSpec, TypeSpec
from tapeflow.core.compile.calls import read
from tapeflow.core.compile.lower import SAID, NotLowerable, as_array, lower_graph, needed
from tapeflow.core.compile.split import host_reasons
from tapeflow.core.files.exportable import concrete_function
from tapeflow.core.files.stablehlo import ExportedFunction
from tapeflow.core.graph.legality import inner_graphs
from tapeflow.core.ops.lowering import notes
from tapeflow.core.run.tape import GradientTape
from tapeflow.core.trace.function import function
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor

_SHOWN = 20
_WRAPPED = re.compile(r"^__inference_(?:signature_wrapper_)?(.+)_\d+$")  # the names of functions in SavedModels


def to_stablehlo(model, path=None, input_signature=None, signature=None, platforms=None, vjp_order=1):
    """Makes a StableHLO program of a function or model, weights included.

    What JAX reads with `jax.export.deserialize`, and any runtime of StableHLO by its text or bytes. Sizes that the
    signature leaves open stay open. Where the program needs it, open first sizes are one `batch` size for all
    arguments, and open sizes in the same place are the same size; the signature of the result says so.

    Args:
        model: A `tf.function`, a concrete function, a Python function, a `tf.Module` with a `__call__`, a Keras model,
            what `tf.saved_model.load` gave, or a SavedModel's directory.
        path: Where to write the program; nowhere if None.
        input_signature: Sequence of `tf.TensorSpec`s for the arguments, if `model` does not say what it takes.
        signature: Which signature of a SavedModel; `serving_default` or the only one if None.
        platforms: Sequence of `"cpu"`, `"cuda"`, `"rocm"` and `"tpu"`: what the program is for; the present device if
            None. One program may be for several.
        vjp_order: 1 to keep the program's gradient with it, which doubles its size; 0 for none.

    Returns:
        A `tf.export.ExportedFunction`: call it, `serialize()` or `save(path)` it, or read `mlir_module()`.

    Raises:
        UnimplementedError: The function has ops that run on the host, or changes variables; it lists them with the
            lines that made them.
        ValueError: It is not known what to export.

    >>> double = tf.export.to_stablehlo(lambda x: x * 2, input_signature=[tf.TensorSpec([None], tf.float32)])
    >>> double([1.0, 2.0]).numpy()
    array([2., 4.], dtype=float32)
    >>> print(double)
    <lambda>(x: float32[batch]) -> float32[batch]
    """
    from tapeflow.core.engines import exported  # lazy: loads jax when something is exported

    if vjp_order not in (0, 1):
        raise ValueError(f"vjp_order is 0 or 1, got {vjp_order!r}")
    platforms = _checked_platforms(platforms, exported.PLATFORMS)
    concrete = concrete_function(model, input_signature, signature)
    flat, names, structure = _flat_form(concrete)
    name = _WRAPPED.sub(r"\1", concrete.graph.name)
    graph = flat.graph
    left_out = _check(graph, name)
    gradient_missing = "it was exported with vjp_order=0"
    try:
        program, spelled = _program(exported, graph, flat, structure, platforms, name)
        if vjp_order:
            program, gradient_missing = _with_gradient(exported, program, spelled, flat, structure, platforms, name)
    finally:
        notes.node = None
    result = ExportedFunction(program, names, left_out, gradient_missing)
    if path is not None:
        result.save(path)
    return result


def _checked_platforms(platforms, known):
    if platforms is None:
        return None
    platforms = [platforms] if isinstance(platforms, str) else list(platforms)
    platforms = ["cuda" if one.lower() == "gpu" else one.lower() for one in platforms]
    unknown = [one for one in platforms if one not in known]
    if unknown or not platforms:
        raise InvalidArgumentError(f"platforms: {unknown or 'none'}; known are {', '.join(known)}")
    return platforms


# -- arguments and results -------------------------------------------------------------------------------


def _flat_form(concrete):
    """The function over flat tensors, the tensors' names, and `(args, kwargs)` with numbers for them."""
    args, kwargs = concrete.structured_input_signature
    specs = []
    structure = (tuple(x for x in (_numbered(one, specs) for one in args) if x is not None),
                 {key: _numbered(kwargs[key], specs) for key in sorted(kwargs)})  # fmt: skip
    for spec in specs:
        _check_kind(spec, f"the argument '{spec.name}'")
        if spec.shape.rank is None:
            raise UnimplementedError(
                f"the argument '{spec.name}' has an unknown number of axes",
                hint="input_signature=[tf.TensorSpec([None, 3], ...)]",
            )

    def call(*tensors):
        rest = iter(tensors)
        given = nest.map_structure(lambda x: next(rest) if isinstance(x, TensorSpec) else x, (args, kwargs))
        return concrete(*given[0], **given[1])

    call.__name__ = concrete.graph.name
    flat = function(call, autograph=False).get_concrete_function(*specs)
    for x in flat.graph.outputs:
        _check_kind(x, "a result")
    names = [spec.name for spec in specs]
    return flat, names if all(names) and len(set(names)) == len(names) else None, structure


def _numbered(value, specs):
    """A structure with numbers for its tensors, whose specs are added to `specs`; None where there are none."""
    if isinstance(value, TensorSpec):
        specs.append(value)
        return len(specs) - 1
    if isinstance(value, TypeSpec):
        raise UnimplementedError(
            f"StableHLO has no {type(value).__name__.removesuffix('Spec')} arguments",
            hint="export a function of the tensors that it is made of",
        )
    if isinstance(value, Mapping):
        found = {key: _numbered(value[key], specs) for key in sorted(value)}
        return found if any(x is not None for x in found.values()) else None
    if isinstance(value, (list, tuple)):
        parts = [_numbered(one, specs) for one in value]
        if all(x is None for x in parts):
            return None
        return parts if isinstance(value, list) else tuple(parts)
    return None


def _check_kind(x, place):
    if x.dtype in (dtypes.string, dtypes.variant, dtypes.resource):
        raise UnimplementedError(
            f"StableHLO has no {x.dtype.name}s, and {place} is one",
            hint="export the part of the function that works on numbers",
        )


def _result_structure(flat):
    """The result with numbers for its tensors."""
    numbers = iter(range(len(flat.graph.outputs)))

    def plain(value):
        if isinstance(value, Tensor):
            return next(numbers)
        if value is None:
            return None
        if isinstance(value, Mapping):
            return {str(key): plain(value[key]) for key in sorted(value)}
        if isinstance(value, (list, tuple)):
            return [plain(one) for one in value] if isinstance(value, list) else tuple(plain(one) for one in value)
        raise UnimplementedError(
            f"StableHLO has no {type(value).__name__} results", hint="return the tensors that it is made of"
        )

    return plain(flat.structured_outputs)


# -- what cannot be exported -----------------------------------------------------------------------------


def _check(graph, name):
    """What the program will be without: descriptions.

    Raises:
        UnimplementedError: The graph does something that no program of StableHLO does.
    """
    left_out, refused = [], []
    _sort(graph, set(), left_out, refused)
    for state in graph.written:
        node, owner = _origin(state.latest).node, state.owner
        what = f"the variable '{owner.name}' is changed" if hasattr(owner, "_read") else "its random stream moves on"
        refused.append(f"{node.type}: {what}{_at(node)}")
    if refused:
        shown = "".join(f"\n  {one}" for one in refused[:_SHOWN])
        more = f"\n  and {len(refused) - _SHOWN} more" if len(refused) > _SHOWN else ""
        raise UnimplementedError(
            f"'{name}' cannot be exported to StableHLO, which has nothing for:{shown}{more}",
            hint="export the part that computes with numbers, and return what changes as a result",
        )
    return left_out


def _sort(graph, known, left_out, refused):
    for node, reason in host_reasons(needed(graph.nodes, graph.everything_out), known).items():
        inside = inner_graphs(node)
        for inner, given in inside:
            flags = given or [None] * len(inner.everything_in)
            places = zip(inner.everything_in, flags, strict=False)
            _sort(inner, {(s.node, s.index) for s, x in places if x is not None and (x.node, x.index) in known},
                  left_out, refused)  # fmt: skip
        if not inside:
            is_said = node.type in SAID and not node.outputs
            (left_out if is_said else refused).append(f"{node.type}: {reason}{_at(node)}")


def _origin(symbol):
    """The symbol that a call of a graph hands on."""
    while hasattr(symbol.node.attrs.get("f"), "everything_out"):
        symbol = symbol.node.attrs["f"].everything_out[symbol.index]
    return symbol


def _at(node):
    return "" if node.line is None else f" ({node.line})"


# -- making it -------------------------------------------------------------------------------------------


def _program(exported, graph, flat, structure, platforms, name, gradient=None, spellings=None):
    """The program, and how its open sizes are named: as independently as the program allows."""
    function = _function(graph, _result_structure(flat), exported)
    spellings = _spellings(graph.inputs) if spellings is None else spellings
    for i, spelled in enumerate(spellings):
        specs = [exported.Spec(shape, s.dtype.np) for shape, s in zip(spelled, graph.inputs, strict=True)]
        arguments = _placed(structure, specs)
        try:
            return exported.export(function, gradient, arguments, platforms, SAID, name), spelled
        except (exported.Undecided, OpError) as error:
            # With fewer names for sizes, more of them are known to be equal.
            if i == len(spellings) - 1:
                raise _explained(error, name) from error
        except NotLowerable as error:
            raise UnimplementedError(
                f"'{name}' cannot be exported to StableHLO: {error.node.type}: {error.reason}{_at(error.node)}"
            ) from error
    raise AssertionError("there is always a spelling")


def _explained(error, name):
    if isinstance(error, OpError):
        return error
    node = notes.node
    return UnimplementedError(
        f"'{name}' cannot be exported for all sizes: {node.type}: {error}{_at(node)}",
        hint="give the sizes in input_signature, as many as it takes",
    )


def _spellings(symbols):
    """Ways to name the open sizes, the most general first: all different, one batch size, one size for each place."""
    found = []
    for rule in (lambda i, axis: (i, axis), lambda i, axis: (0, 0) if axis == 0 else (i, axis), lambda i, axis: axis):
        names = {}
        shapes = []
        for i, s in enumerate(symbols):
            shape = s.shape.as_list()
            shapes.append([_name(names, rule(i, axis), axis) if n is None else n for axis, n in enumerate(shape)])
        if shapes not in found:
            found.append(shapes)
    return found


def _name(names, key, axis):
    if key not in names:
        word = "batch" if axis == 0 else "size"
        taken = sum(name.startswith(word) for name in names.values())
        names[key] = f"{word}_{taken}" if taken else word
    return names[key]


def _placed(structure, specs):
    if isinstance(structure, dict):
        return {key: _placed(one, specs) for key, one in structure.items()}
    if isinstance(structure, (list, tuple)):
        return type(structure)(_placed(one, specs) for one in structure)
    return None if structure is None else specs[structure]


def _function(graph, result, exported):
    """The graph as a function of flat arrays, with what it takes from around it as constants."""
    outside = [x.value_or_buffer for x in graph.external_captures]
    outside += [read(state.owner).value_or_buffer for state in graph.states.values()]

    def call(*arrays):
        found = [as_array(x) for x in lower_graph(graph, [*arrays, *map(as_array, outside)])[: len(graph.outputs)]]
        return _placed(result, found)

    return call


def _with_gradient(exported, program, spelled, flat, structure, platforms, name):
    """The program with its gradient, or as it is; and why it has none."""
    inputs, outputs = flat.graph.inputs, flat.graph.outputs
    ins = [i for i, s in enumerate(inputs) if s.dtype.is_differentiable]
    outs = [i for i, s in enumerate(outputs) if s.dtype.is_differentiable]
    if not ins or not outs:
        return program, "its arguments or its results are whole numbers"

    def backward(*tensors):
        xs, dys = tensors[: len(inputs)], tensors[len(inputs) :]
        with GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([xs[i] for i in ins])
            ys = [y for y in nest.flatten(flat.call_flat(list(xs))) if y is not None]
        found = tape.gradient([ys[i] for i in outs], [xs[i] for i in ins], list(dys), unconnected_gradients="zero")
        return [convert(dx) for dx in found]

    specs = [TensorSpec(s.shape, s.dtype) for s in (*inputs, *(outputs[i] for i in outs))]
    try:
        graph = function(backward, autograph=False).get_concrete_function(*specs).graph
        _check(graph, f"the gradient of {name}")
        gradient = _function(graph, list(range(len(ins))), exported)
        made, _ = _program(exported, flat.graph, flat, structure, platforms, name, gradient, [spelled])
    except NotLowerable as error:
        return program, f"{error.node.type}: {error.reason}{_at(error.node)}"
    except exported.Undecided as error:
        return program, f"{notes.node.type}: {error}{_at(notes.node)}"
    except OpError as error:
        return program, error.message
    except LookupError as error:
        return program, str(error)
    return made, None
