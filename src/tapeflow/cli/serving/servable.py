"""A model in memory: its signatures, what they take and give, and whether requests may share a call."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.files import saved_files
from tapeflow.core.files.saved_model import load as load_saved_model
from tapeflow.core.values.convert import convert

# Stateful by their records, but reading only, or failing only: they may run once more, or for several requests.
_HARMLESS = {
    "Assert", "LookupTableExportV2", "LookupTableFindV2", "LookupTableSizeV2", "PartitionedCall", "Placeholder",
    "StatefulPartitionedCall", "If", "Case", "While", "StatelessIf", "StatelessCase", "StatelessWhile",
}  # fmt: skip


@dataclass(slots=True)
class Signature:
    """One signature of a model.

    Attributes:
        name: Its name.
        method: TensorFlow Serving's name for what it is for, such as `tensorflow/serving/predict`.
        inputs, outputs: Name -> `TensorSpec`, in the order of the names.
        run: The function: a list of tensors, in the order of the inputs -> name -> tensor.
        is_pure: Whether a call changes nothing and draws no random numbers.
        has_rows: Whether the first dimension of all inputs and outputs is free.
        shares: Whether rows of several requests may go through one call: filled in by `probe`.
    """

    name: str
    method: str
    inputs: dict
    outputs: dict
    run: object
    is_pure: bool
    has_rows: bool = field(init=False)
    shares: bool = field(init=False, default=False)

    def __post_init__(self):
        sides = [*self.inputs.values(), *self.outputs.values()]
        self.has_rows = bool(self.inputs) and all(s.shape.rank and s.shape[0] is None for s in sides)

    def call(self, arrays):
        """Name -> output array, for name -> input array."""
        found = self.run([convert(arrays[name], dtype=spec.dtype) for name, spec in self.inputs.items()])
        return {name: np.asarray(found[name].numpy()) for name in self.outputs}


@dataclass(slots=True)
class Servable:
    """A loaded model.

    Attributes:
        signatures: Name -> `Signature`.
        definitions: Name -> `SignatureDef` message, for the metadata.
        kept: What must live as long as the model.
    """

    signatures: dict
    definitions: dict
    kept: list


def load(path: Path) -> Servable:
    """Loads a SavedModel's directory or a .keras file.

    Raises:
        OSError: It cannot be read.
        OpError: It is damaged, or uses something that there is not.
        ValueError: It has no signature that takes and gives tensors.
    """
    if path.suffix == ".keras":
        return _load_keras(path)
    model = load_saved_model(path)
    meta = saved_files.meta_graph(saved_files.read(path), path, None)
    signatures = {}
    for name, function in model.signatures.items():
        definition = meta.signature_def.get(name)
        signature = _signature(name, function, definition.method_name if definition is not None else "")
        if signature is not None:
            signatures[name] = signature
    if not signatures:
        raise InvalidArgumentError(
            f"{path} has no signature to serve", hint="save it with tf.saved_model.save(model, path, signatures=…)"
        )
    return Servable(signatures, dict(meta.signature_def), [model])


def _load_keras(path):
    """A .keras file is exported as Keras does it: one way to signatures, one way to their names."""
    import tapeflow as tf

    model = tf.keras.models.load_model(path, compile=False)
    folder = tempfile.TemporaryDirectory(prefix="tapeflow-serve-")
    model.export(folder.name, verbose=False)
    servable = load(Path(folder.name))
    servable.kept.append(folder)  # assets are read from there
    return servable


def _signature(name, function, method):
    """A `Signature`; None if it takes or gives something that is no tensor."""
    _, inputs = function.structured_input_signature
    outputs = function.structured_outputs
    if not isinstance(outputs, dict):
        return None
    specs = {key: TensorSpec(s.shape, s.dtype) for key, s in sorted(outputs.items()) if hasattr(s, "shape")}
    if len(specs) < len(outputs) or not all(isinstance(s, TensorSpec) for s in inputs.values()):
        return None
    inputs = dict(sorted(inputs.items()))  # the order in which nested structures are flattened
    method = method or "tensorflow/serving/predict"
    return Signature(name, method, inputs, specs, function.call_flat, _is_pure(function.graph))


def _is_pure(graph):
    return not graph.written and _only_computes(graph)


def _only_computes(graph):
    for node in graph.nodes:
        if node.record.stateful and node.type not in _HARMLESS:
            return False
        if not all(map(_only_computes, _graphs_in(node))):
            return False
    return True


def _graphs_in(node):
    for value in node.attrs.values():
        for one in value if isinstance(value, (list, tuple)) else (value,):
            if hasattr(one, "nodes") and hasattr(one, "written"):
                yield one


def require(servable, name):
    """The signature of a name.

    Raises:
        InvalidArgumentError: There is none.
    """
    signature = servable.signatures.get(name)
    if signature is None:
        if name in servable.definitions:
            raise UnimplementedError(f"Serving signature name: \"{name}\" takes or gives something that is no tensor")
        raise InvalidArgumentError(
            f"Serving signature name: \"{name}\" not found in signature def: there are "
            f"{', '.join(servable.signatures)}"
        )
    return signature
