"""What Keras calls of the package tf2onnx for `model.export(path, format="onnx")`, done by `tf.export.to_onnx`."""

from types import SimpleNamespace


def from_function(function, input_signature=None, opset=None, output_path=None):
    """Writes a `tf.function` as an ONNX file.

    Args:
        function: The function.
        input_signature: Structures of `tf.TensorSpec`s for its arguments.
        opset: The version of ONNX's operator set.
        output_path: Where to write it.

    Returns:
        The `onnx.ModelProto`, and None, where tf2onnx has the tensors that it keeps apart.
    """
    from tapeflow.export import to_onnx  # lazy: when something is exported

    return to_onnx(function, output_path, input_signature, opset=opset, shared_batch=True), None


class KerasExporter:
    """Stands where Keras keeps the package.

    Attributes:
        convert: Has `from_function`.
        tfonnx, graph: Keras repairs functions of the package there before it calls it.
    """

    __name__ = "tf2onnx"
    available = True

    def __init__(self):
        self.convert = SimpleNamespace(from_function=from_function)
        self.tfonnx, self.graph = SimpleNamespace(), SimpleNamespace(Node=SimpleNamespace())

    def __repr__(self):
        return "<what Keras calls of tf2onnx, by TapeFlow>"
