"""`tf.export.to_onnx`."""

import os
import sys
import tempfile
import warnings

import numpy as np

from tapeflow.core.base import local_files
from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.files.exportable import concrete_function
from tapeflow.core.files.onnx import families
from tapeflow.core.files.onnx.builder import Builder, Node, Shared
from tapeflow.core.files.onnx.conversion import Conversion
from tapeflow.core.files.onnx.flat_form import flat_form
from tapeflow.core.files.onnx.flatten import flatten, givens_of
from tapeflow.core.files.onnx.model import LARGEST, model_of
from tapeflow.core.files.onnx.table import sizes_of
from tapeflow.core.files.onnx.tables import table_value
from tapeflow.core.files.onnx.values import ABSENT, Refused, Value, element_type, package
from tapeflow.core.files.saved_concrete import RestoredConcrete
from tapeflow.core.graph.streams import Stream
from tapeflow.core.values.tensor import EagerTensor

OLDEST_OPSET, DEFAULT_OPSET = 17, 18
_SHOWN = 20


def to_onnx(
    model, path=None, input_signature=None, signature=None, opset=None, input_names=None, output_names=None,
    shared_batch=None, external_data=None, check=True,
):  # fmt: skip
    """Makes an ONNX model of a function or model, weights included.

    Unknown sizes stay open: the first one of the first argument is called `batch`. Images may have their channels
    last; the file holds them channels first from one convolution to the next, and moves axes only where that ends.
    Prints and assertions are left out. ONNX has no state: variables keep the values that they have now.

    Args:
        model: A `tf.function`, a concrete function, a Python function, a `tf.Module` with a `__call__`, a Keras model,
            what `tf.saved_model.load` gave, or a SavedModel's directory.
        path: Where to write the file; nowhere if None.
        input_signature: Sequence of `tf.TensorSpec`s for the arguments, if `model` does not say what it takes, or to
            fix more of its sizes.
        signature: Which signature of a SavedModel; `serving_default` or the only one if None.
        opset: The version of ONNX's operator set, from 17 on; 18 if None.
        input_names, output_names: Names for the arguments and results, those of the function if None.
        shared_batch: Whether the first size of every argument, where it is open, is the one `batch`; None for Keras
            models only, whose inputs always have as many rows as each other.
        external_data: Whether the weights go to a file of their own, `path + ".data"`; None for where they must, above
            2 GB.
        check: Whether the model is checked by `onnx.checker` and its shapes are worked out.

    Returns:
        The `onnx.ModelProto`.

    Raises:
        UnimplementedError: The function has ops that ONNX or TapeFlow's table of them lacks: all are listed, with the
            lines that made them; or the package `onnx` is not installed.
        ValueError: It is not known what to export.
    """
    onnx = package()
    opset = _checked_opset(onnx, opset)
    narrower = input_signature if signature is not None else None
    concrete = concrete_function(model, None if narrower is not None else input_signature, signature)
    name = concrete.graph.name
    flat, inputs, outputs = flat_form(concrete, narrower)
    inputs, outputs = _renamed(inputs, input_names, "input_names"), _renamed(outputs, output_names, "output_names")
    _warn_of_state(concrete, name)
    builder = Builder(Shared(opset))
    conversion = Conversion(has_lines=not isinstance(concrete, RestoredConcrete))
    _write(flat.graph, builder, conversion, inputs, outputs)
    _name_sizes(builder, _is_keras(model) if shared_batch is None else shared_batch)
    if conversion.refused:
        raise _refusal(name, conversion.refused)
    made, size = model_of(builder, name, {"framework": "tapeflow"})
    if check and size < LARGEST:  # the checker reads larger models from files only
        made = _checked(onnx, made)
    if path is not None:
        _save(onnx, made, path, size >= LARGEST if external_data is None else external_data)
    return made


def _checked_opset(onnx, opset):
    newest = onnx.defs.onnx_opset_version()
    opset = DEFAULT_OPSET if opset is None else int(opset)
    if not OLDEST_OPSET <= opset <= newest:
        raise InvalidArgumentError(f"opset {opset}: TapeFlow writes ONNX's opsets {OLDEST_OPSET} to {newest}")
    return opset


def _renamed(names, given, what):
    if given is None:
        return names
    given = [given] if isinstance(given, str) else list(given)
    if len(given) != len(names) or len(set(given)) != len(given):
        raise InvalidArgumentError(f"{what}: {len(names)} different names are wanted for {names}, got {given}")
    return given


def _warn_of_state(concrete, name):
    changed = [s.owner for s in concrete.graph.written if not isinstance(s.owner, Stream)]
    if changed:
        names = ", ".join(sorted(str(getattr(v, "name", "a variable")) for v in changed))
        warnings.warn(
            f"to_onnx: '{name}' assigns variables ({names}); ONNX has no state, so each run of the file begins with "
            "the values of now",
            stacklevel=3,
        )


# -- writing ---------------------------------------------------------------------------------------


def _write(graph, builder, conversion, inputs, outputs):
    """Writes the graph of a function into a builder."""
    shared = builder.shared
    for name in (*inputs, *outputs):
        shared.unique(name)
    specs = list(zip(inputs, graph.inputs, strict=True))
    flat = flatten(graph, givens_of(graph, specs), graph.outputs)
    values = []
    for name, s in specs:
        builder.inputs.append((name, s.dtype, None if s.shape.rank is None else s.shape.as_list()))
        values.append(_argument(conversion, s, name))
    found = conversion.run(flat, builder, [*values, *_outside(graph, flat)])
    if conversion.refused:
        return
    builder.scope = ""
    for name, y, s in zip(outputs, found, flat.outputs, strict=True):
        if not isinstance(y, (Value, np.ndarray, np.generic)) or s.dtype.is_complex:
            conversion.refused.append((s.node.type, s.node.name, None, f"ONNX has no {s.dtype.name} results"))
            continue
        value = builder.plain(y)
        builder.nodes.append(_named(value, name))
        sizes = None if s.shape.rank is None else s.shape.as_list()
        builder.outputs.append((name, value.dtype, sizes))


def _named(value, name):
    return Node("Identity", name, [value.name], [name], {})


def _argument(conversion, s, name):
    try:
        element_type(s.dtype)
        sizes_of(s, "the argument")
    except Refused as reason:
        conversion.refused.append(("Placeholder", name, None, str(reason)))
    return Value(name, s.dtype)


def _outside(graph, flat):
    """What stands for things from outside that are no tensors: tables, or what a file cannot hold."""
    handles = {s.node.name: table_value(x) for x, s in graph.captures if isinstance(x, EagerTensor)}
    rest = flat.inputs[len(graph.inputs) :]
    captured = [s for _, s in graph.captures]
    names = [s.node.name for s in captured] + [None] * (len(rest) - len(captured))
    return [handles.get(name) or ABSENT for s, name in zip(rest, names, strict=True) if s is not None]


def _is_keras(model):
    """Whether something is a Keras model; Keras is not loaded to find out."""
    keras = sys.modules.get("keras")
    return keras is not None and isinstance(model, keras.Model)


def _name_sizes(builder, shared_batch):
    """Gives the open sizes of the arguments their names."""
    batch = None
    for i, (name, dtype, sizes) in enumerate(builder.inputs):
        named = list(sizes or ())
        for axis, n in enumerate(named):
            if n is None:
                is_batch = axis == 0 and (shared_batch or batch in (None, name))
                batch = name if is_batch else batch
                named[axis] = "batch" if is_batch else f"{name}_dim_{axis}"
        builder.inputs[i] = name, dtype, named if sizes is not None else None


def _refusal(name, refused):
    lines = []
    for op, node, line, reason in refused[:_SHOWN]:
        where = "" if line is None else f"\n      {line}"
        lines.append(f"\n    {op} '{node}': {reason}{where}")
    if len(refused) > _SHOWN:
        lines.append(f"\n    and {len(refused) - _SHOWN} more")
    return UnimplementedError(
        f"'{name}' cannot be written as ONNX, because of {len(refused)} of its ops:{''.join(lines)}",
        hint="leave these ops out of the exported function, or do them before and after it",
    )


# -- checking and saving ---------------------------------------------------------------------------


def _checked(onnx, model):
    known = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    for one in known.graph.output:
        if not one.type.tensor_type.HasField("shape"):
            raise UnimplementedError(
                f"the rank of the result '{one.name}' is not known, and ONNX wants it",
                hint="tf.ensure_shape(result, [None, ...]) in the function, or check=False",
            )
    del known.graph.value_info[:]
    onnx.checker.check_model(known, full_check=True)
    return known


def _save(onnx, model, path, external_data):
    path = os.fspath(path)
    if not external_data:
        local_files.write(path, model.SerializeToString())
        return
    place = os.fsdecode(local_files.local(path))
    folder = os.path.dirname(os.path.abspath(place))
    os.makedirs(folder, exist_ok=True)
    data = os.path.basename(place) + ".data"
    with tempfile.TemporaryDirectory(dir=folder, prefix=".tapeflow-") as temporary:
        apart = onnx.ModelProto()
        apart.CopyFrom(model)
        onnx.save_model(
            apart, os.path.join(temporary, "model"), save_as_external_data=True, all_tensors_to_one_file=True,
            location=data, size_threshold=1024,
        )  # fmt: skip
        if os.path.exists(os.path.join(temporary, data)):
            os.replace(os.path.join(temporary, data), os.path.join(folder, data))
        os.replace(os.path.join(temporary, "model"), place)


__all__ = ["DEFAULT_OPSET", "OLDEST_OPSET", "families", "to_onnx"]  # importing the families fills the table
