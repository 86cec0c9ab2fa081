"""`tf.lite`: the names. TapeFlow neither writes nor runs TensorFlow Lite models."""

import enum

from tapeflow.core.base.errors import UnimplementedError


def _not_here(what):
    raise UnimplementedError(
        f"{what}: TapeFlow does not do TensorFlow Lite",
        hint="tf.saved_model.save the model and convert it with the ai-edge-litert package, or export it to ONNX",
    )


class Optimize(enum.Enum):
    """What a converter should optimize for."""

    DEFAULT = "DEFAULT"
    OPTIMIZE_FOR_SIZE = "OPTIMIZE_FOR_SIZE"
    OPTIMIZE_FOR_LATENCY = "OPTIMIZE_FOR_LATENCY"
    EXPERIMENTAL_SPARSITY = "EXPERIMENTAL_SPARSITY"

    def __str__(self):
        return str(self.value)


class OpsSet(enum.Enum):
    """Which ops a converted model may hold."""

    TFLITE_BUILTINS = "TFLITE_BUILTINS"
    SELECT_TF_OPS = "SELECT_TF_OPS"
    TFLITE_BUILTINS_INT8 = "TFLITE_BUILTINS_INT8"
    EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8 = (
        "EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8"
    )
    EXPERIMENTAL_STABLEHLO_OPS = "EXPERIMENTAL_STABLEHLO_OPS"

    def __str__(self):
        return str(self.value)


class RepresentativeDataset:
    """Inputs to calibrate a converted model with.

    Args:
        input_gen: A function that returns an iterator of inputs.
    """

    def __init__(self, input_gen):
        self.input_gen = input_gen


class TargetSpec:
    """What a converted model shall run on.

    Args:
        supported_ops: Set of `OpsSet`.
        supported_types: Set of dtypes.
        experimental_select_user_tf_ops: Set of op names.
        experimental_supported_backends: Set of names.
    """

    def __init__(
        self, supported_ops=None, supported_types=None, experimental_select_user_tf_ops=None,
        experimental_supported_backends=None,
    ):  # fmt: skip
        self.supported_ops = supported_ops or {OpsSet.TFLITE_BUILTINS}
        self.supported_types = supported_types or set()
        self.experimental_select_user_tf_ops = experimental_select_user_tf_ops or set()
        self.experimental_supported_backends = experimental_supported_backends


class TFLiteConverter:
    """Would convert models to TensorFlow Lite.

    Args:
        funcs: Concrete functions.
        trackable_obj: The object that holds their variables.

    Raises:
        UnimplementedError: Always.
    """

    def __init__(self, funcs, trackable_obj=None):
        _not_here("tf.lite.TFLiteConverter")

    @classmethod
    def from_concrete_functions(cls, funcs, trackable_obj=None):
        """Raises `UnimplementedError`."""
        _not_here("tf.lite.TFLiteConverter.from_concrete_functions")

    @classmethod
    def from_keras_model(cls, model):
        """Raises `UnimplementedError`."""
        _not_here("tf.lite.TFLiteConverter.from_keras_model")

    @classmethod
    def from_saved_model(cls, saved_model_dir, signature_keys=None, tags=None):
        """Raises `UnimplementedError`."""
        _not_here("tf.lite.TFLiteConverter.from_saved_model")

    @classmethod
    def experimental_from_jax(cls, serving_funcs, inputs):
        """Raises `UnimplementedError`."""
        _not_here("tf.lite.TFLiteConverter.experimental_from_jax")

    def convert(self):
        """Raises `UnimplementedError`."""
        _not_here("tf.lite.TFLiteConverter.convert")


class OpResolverType(enum.Enum):
    """Which implementations of ops an interpreter would use."""

    AUTO = 0


class Interpreter:
    """Would run TensorFlow Lite models.

    Args:
        model_path, model_content: The model.
        experimental_delegates, num_threads, experimental_op_resolver_type, experimental_preserve_all_tensors,
            experimental_disable_delegate_clustering, experimental_default_delegate_latest_features: How to run it.

    Raises:
        UnimplementedError: Always.
    """

    def __init__(
        self, model_path=None, model_content=None, experimental_delegates=None, num_threads=None,
        experimental_op_resolver_type=OpResolverType.AUTO, experimental_preserve_all_tensors=False,
        experimental_disable_delegate_clustering=False, experimental_default_delegate_latest_features=False,
    ):  # fmt: skip
        _not_here("tf.lite.Interpreter")

    def allocate_tensors(self):
        """Raises `UnimplementedError`."""
        _not_here("tf.lite.Interpreter.allocate_tensors")

    def get_input_details(self):
        """Raises `UnimplementedError`."""
        _not_here("tf.lite.Interpreter.get_input_details")

    def get_output_details(self):
        """Raises `UnimplementedError`."""
        _not_here("tf.lite.Interpreter.get_output_details")

    def get_signature_list(self):
        """Raises `UnimplementedError`."""
        _not_here("tf.lite.Interpreter.get_signature_list")

    def get_signature_runner(self, signature_key=None):
        """Raises `UnimplementedError`."""
        _not_here("tf.lite.Interpreter.get_signature_runner")

    def get_tensor(self, tensor_index, subgraph_index=0):
        """Raises `UnimplementedError`."""
        _not_here("tf.lite.Interpreter.get_tensor")

    def get_tensor_details(self, subgraph_index=0):
        """Raises `UnimplementedError`."""
        _not_here("tf.lite.Interpreter.get_tensor_details")

    def invoke(self):
        """Raises `UnimplementedError`."""
        _not_here("tf.lite.Interpreter.invoke")

    def num_subgraphs(self):
        """Raises `UnimplementedError`."""
        _not_here("tf.lite.Interpreter.num_subgraphs")

    def reset_all_variables(self):
        """Raises `UnimplementedError`."""
        _not_here("tf.lite.Interpreter.reset_all_variables")

    def resize_tensor_input(self, input_index, tensor_size, strict=False):
        """Raises `UnimplementedError`."""
        _not_here("tf.lite.Interpreter.resize_tensor_input")

    def set_tensor(self, tensor_index, value):
        """Raises `UnimplementedError`."""
        _not_here("tf.lite.Interpreter.set_tensor")

    def tensor(self, tensor_index):
        """Raises `UnimplementedError`."""
        _not_here("tf.lite.Interpreter.tensor")
