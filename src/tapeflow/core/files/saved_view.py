"""What of an object is saved with a model: the objects below it, their functions, and what those capture."""

import collections
import os

from tapeflow.core.base import dtypes
from tapeflow.core.base.function_types import PolymorphicFunction
from tapeflow.core.base.trackable import SaveType, Trackable, TrackableReference
from tapeflow.core.files import saved_signatures
from tapeflow.core.files.copied import copied_resource
from tapeflow.core.files.function_writer import FunctionLibrary
from tapeflow.core.files.saved_concrete import RestoredConcrete
from tapeflow.core.files.saved_function import SignatureMap
from tapeflow.core.files.saved_objects import RestoredResource
from tapeflow.core.files.table_functions import WrittenFunction, functions_of
from tapeflow.core.trace.concrete import ConcreteFunction
from tapeflow.core.track.asset import Asset
from tapeflow.core.track.lookup import LookupInterface
from tapeflow.core.track.object_graph import TrackableConstant, as_trackable
from tapeflow.core.values.tensor import EagerTensor, Tensor, TensorLike
from tapeflow.core.values.variable import Variable


class SavedView:
    """The objects of a model to save, as `ObjectGraph` asks for them. Functions are written as they are met.

    Args:
        root: The object.
        signatures: `SignatureMap`.
        library: The `FunctionLibrary`.

    Attributes:
        written: id of a concrete function -> `Written`.
        assets: The `Asset` objects, in the order of their numbers.
    """

    def __init__(self, root, signatures, library: FunctionLibrary):
        self.root, self.signatures, self.library = root, signatures, library
        self.written, self.assets = {}, []
        self._children, self._constants, self._files = {}, {}, {}
        self._cache, self._held = {}, []
        self._tables = 0

    def children(self, obj, save_type=SaveType.SAVEDMODEL, **kwargs):
        """Name -> child of an object."""
        found = self._children.get(id(obj))
        if found is None:
            found = self._children[id(obj)] = self._find(obj)
            self._held.append(obj)
        return found

    def _find(self, obj):
        if isinstance(obj, WrittenFunction):
            return {}
        if isinstance(obj, ConcreteFunction):
            return self._captures_of(obj)
        obj._maybe_initialize_trackable()
        found = obj._trackable_children(SaveType.SAVEDMODEL, cache=self._cache)
        if isinstance(obj, RestoredResource):
            return {**found, **copied_resource(self.library, obj)}
        if _is_table(obj):
            found = {**found, **self._table_functions(obj)}
        elif getattr(obj, "_table", None) is not None and isinstance(obj, LookupInterface):
            found = {**found, "_table": obj._table}
        if obj is self.root:
            found = {name: child for name, child in found.items() if name != "signatures"}
            found["signatures"] = self.signatures
        return {name: self._trackable(child, obj) for name, child in found.items()}

    def _trackable(self, child, parent):
        if isinstance(child, Tensor):
            return self.constant(child)
        return as_trackable(child, parent)

    def constant(self, x):
        """The object that stands for a tensor."""
        found = self._constants.get(id(x))
        if found is None:
            found = self._constants[id(x)] = TrackableConstant(x, None)
        return found

    def asset(self, path):
        """The object that stands for a file, given by its path or the tensor of it."""
        text = os.fsdecode(path.numpy() if isinstance(path, EagerTensor) else path)
        found = self._files.get(text)
        if found is None:
            found = self._files[text] = Asset(text)
        return found

    def _table_functions(self, table):
        self._tables += 1
        name = f"{type(table).__name__}_{self._tables}_{os.urandom(4).hex()}"
        table.saved_name = name
        return functions_of(self.library, table, name, self.asset)

    def _captures_of(self, concrete):
        captured = self.write(concrete).captured
        children = {}
        for i, x in enumerate(captured):
            if isinstance(x, EagerTensor) and x.dtype is not dtypes.resource:
                children[f"capture_{i}"] = self._path_asset(x) or self.constant(x)
        return children

    def _path_asset(self, x):
        """The asset whose path a tensor is, None if it is no such thing."""
        for asset in self._seen_assets():
            if asset.asset_path is x:
                return asset
        return None

    def _seen_assets(self):
        return [obj for obj in self._held if isinstance(obj, Asset)]

    def write(self, concrete):
        """Writes a concrete function, once."""
        found = self.written.get(id(concrete))
        if found is None:
            self._held.append(concrete)
            name = self.library.unique(_plain_name(concrete))
            results = None
            if getattr(concrete, "is_signature", False):
                results = sorted(concrete.structured_outputs)
            captured = self.library.outermost(concrete.graph, name, _argument_names(concrete), results)
            found = self.written[id(concrete)] = Written(name, captured)
        return found

    def _descendants_with_paths(self):
        """The objects, and id -> the references on the shortest way to each."""
        objects, paths = [], {id(self.root): ()}
        waiting = collections.deque([self.root])
        while waiting:
            obj = waiting.popleft()
            objects.append(obj)
            if isinstance(obj, Asset):
                self._held.append(obj)
            for name, child in self.children(obj).items():
                if id(child) not in paths:
                    paths[id(child)] = (*paths[id(obj)], TrackableReference(name, child))
                    waiting.append(child)
        return objects, paths


def variable_of(obj):
    """The variable that an object is, or that it holds and acts for, as Keras's do; None for others."""
    if isinstance(obj, TensorLike) and not isinstance(obj, (Tensor, Variable)):
        obj = obj.value
    return obj if isinstance(obj, Variable) else None


class Written:
    """A concrete function in the library: its name, and what it captures."""

    __slots__ = ("captured", "name")

    def __init__(self, name, captured):
        self.name, self.captured = name, captured


def _is_table(obj):
    return isinstance(obj, LookupInterface) and getattr(obj, "_table", None) is None


def _plain_name(concrete):
    name = concrete._name.removeprefix("__inference_")
    head, _, number = name.rpartition("_")
    return head if number.isdecimal() and head else name


def _argument_names(concrete):
    names = getattr(concrete, "_arg_keywords", None)
    return list(names) if names and len(names) == len(concrete.graph.inputs) else None


__all__ = [
    "PolymorphicFunction", "RestoredConcrete", "SavedView", "SignatureMap", "Trackable", "Variable", "saved_signatures",
]  # fmt: skip
