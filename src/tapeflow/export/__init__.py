"""`tf.export`: functions and models as files for other runtimes."""

from tapeflow.core.files.onnx.export import to_onnx
from tapeflow.core.files.stablehlo import ExportedFunction, from_stablehlo
from tapeflow.core.files.stablehlo_export import to_stablehlo
