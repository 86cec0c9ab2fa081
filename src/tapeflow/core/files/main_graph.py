"""The main graph of a SavedModel: what loaders that know sessions only (TensorFlow Serving, C++) run."""

from tapeflow.core.base import dtypes
from tapeflow.core.files.node_writer import tensor_of
from tapeflow.core.track.object_graph import TrackableConstant


class MainGraph:
    """The graph being written.

    Args:
        saver: What knows the objects.
        assets: The files.
        graph, tensors: The object graph of the checkpoint, and (key, tensor) pairs.
    """

    def __init__(self, saver, assets, graph, tensors):
        self.saver, self.assets, self.graph, self.tensors = saver, assets, graph, tensors
        self.meta = saver.meta
        self.nodes = saver.meta.graph_def.node

    def write(self):
        """Writes everything."""
        self._constants()
        for name in self.assets.names:
            self.meta.asset_file_def.add(filename=name).tensor_info.name = "asset_path_initializer:0"

    def _constants(self):
        for number, obj in enumerate(self.saver.objects.objects):
            if isinstance(obj, TrackableConstant):
                node = self.nodes.add(name=f"Const_{number}", op="Const")
                node.attr["dtype"].type = obj.capture.dtype.as_datatype_enum
                node.attr["value"].tensor.CopyFrom(tensor_of(obj.capture))


__all__ = ["MainGraph", "dtypes"]
