"""`tf.compat.v1.saved_model`: names of parts of model files, and signatures as messages."""

from types import SimpleNamespace

from tapeflow.core.base.messages import message
from tapeflow.core.base.mode import current
from tapeflow.core.base.tensor_message import shape_message
from tapeflow.core.files.saved_model import contains_saved_model, load, save
from tapeflow.core.values.sparse import SparseTensor

__all__ = ["contains_saved_model", "save"]

load_v2, maybe_saved_model_directory = load, contains_saved_model

constants = SimpleNamespace(
    ASSETS_DIRECTORY="assets",
    ASSETS_KEY="saved_model_assets",
    DEBUG_DIRECTORY="debug",
    DEBUG_INFO_FILENAME_PB="saved_model_debug_info.pb",
    LEGACY_INIT_OP_KEY="legacy_init_op",
    MAIN_OP_KEY="saved_model_main_op",
    SAVED_MODEL_FILENAME_PB="saved_model.pb",
    SAVED_MODEL_FILENAME_PBTXT="saved_model.pbtxt",
    SAVED_MODEL_SCHEMA_VERSION=1,
    VARIABLES_DIRECTORY="variables",
    VARIABLES_FILENAME="variables",
)
signature_constants = SimpleNamespace(
    CLASSIFY_INPUTS="inputs",
    CLASSIFY_METHOD_NAME="tensorflow/serving/classify",
    CLASSIFY_OUTPUT_CLASSES="classes",
    CLASSIFY_OUTPUT_SCORES="scores",
    DEFAULT_SERVING_SIGNATURE_DEF_KEY="serving_default",
    PREDICT_INPUTS="inputs",
    PREDICT_METHOD_NAME="tensorflow/serving/predict",
    PREDICT_OUTPUTS="outputs",
    REGRESS_INPUTS="inputs",
    REGRESS_METHOD_NAME="tensorflow/serving/regress",
    REGRESS_OUTPUTS="outputs",
)
tag_constants = SimpleNamespace(GPU="gpu", SERVING="serve", TPU="tpu", TRAINING="train")


def build_tensor_info(tensor):
    """Returns the `TensorInfo` of a tensor of a graph.

    Raises:
        RuntimeError: Ops run at once: tensors have no names.
    """
    if current.graph is None:
        raise RuntimeError("`build_tensor_info` is not supported in eager execution.")
    info = message("TensorInfo")(dtype=tensor.dtype.as_datatype_enum, tensor_shape=shape_message(tensor.shape))
    if isinstance(tensor, SparseTensor):
        info.coo_sparse.values_tensor_name = tensor.values.name
        info.coo_sparse.indices_tensor_name = tensor.indices.name
        info.coo_sparse.dense_shape_tensor_name = tensor.dense_shape.name
    else:
        info.name = tensor.name
    return info


def build_signature_def(inputs=None, outputs=None, method_name=None, defaults=None):
    """Returns a `SignatureDef`.

    Args:
        inputs, outputs: `TensorInfo`s by name.
        method_name: What a server would call it.
        defaults: Accepted.
    """
    return message("SignatureDef")(inputs=inputs or {}, outputs=outputs or {}, method_name=method_name or "")


def predict_signature_def(inputs, outputs):
    """Returns the `SignatureDef` of tensors by name."""
    infos = ({name: build_tensor_info(tensor) for name, tensor in part.items()} for part in (inputs, outputs))
    return build_signature_def(*infos, signature_constants.PREDICT_METHOD_NAME)


utils = SimpleNamespace(build_tensor_info=build_tensor_info)
signature_def_utils = SimpleNamespace(
    build_signature_def=build_signature_def, predict_signature_def=predict_signature_def
)


def __getattr__(name):
    for part in (constants, signature_constants, tag_constants):
        if hasattr(part, name) and name.isupper():
            return getattr(part, name)
    raise AttributeError(f"tf.compat.v1.saved_model.{name} is not part of TapeFlow", name=name, obj=None)
