"""`tf.saved_model.SaveOptions` and `LoadOptions`."""

import enum

from tapeflow.core.base.errors import UnimplementedError


class VariablePolicy(enum.Enum):
    """What of variables on several devices is saved."""

    NONE = None
    SAVE_VARIABLE_DEVICES = "save_variable_devices"
    EXPAND_DISTRIBUTED_VARIABLES = "expand_distributed_variables"

    @staticmethod
    def from_obj(obj):
        """Returns the policy of a name, or of a policy.

        Raises:
            ValueError: There is none.
        """
        if obj is None:
            return VariablePolicy.NONE
        if isinstance(obj, VariablePolicy):
            return obj
        for policy in VariablePolicy:
            if policy.value == str(obj).lower():
                return policy
        raise ValueError(f"Received invalid VariablePolicy value: {obj}.")


class SaveOptions:
    """How a model is saved.

    Args:
        namespace_whitelist: Accepted; all ops that the model uses may be written.
        save_debug_info: Accepted; stack traces are not written.
        function_aliases: Name -> `tf.function`: kept with the model under that name.
        experimental_debug_stripper: Accepted.
        experimental_io_device: Accepted.
        experimental_variable_policy: Accepted: `"save_variable_devices"`, `"expand_distributed_variables"`.
        experimental_custom_gradients: Whether to write the gradients of `tf.custom_gradient`.
        experimental_image_format: Not supported: models above 2 GB in pieces.
        experimental_skip_saver: Whether to leave out the functions that save and restore the variables.
        experimental_sharding_callback: Accepted.
        extra_tags: More tags for the graph.
    """

    __slots__ = (
        "experimental_custom_gradients", "experimental_debug_stripper", "experimental_image_format",
        "experimental_io_device", "experimental_sharding_callback", "experimental_skip_saver",
        "experimental_variable_policy", "extra_tags", "function_aliases", "namespace_whitelist", "save_debug_info",
    )  # fmt: skip

    def __init__(
        self, namespace_whitelist=None, save_debug_info=False, function_aliases=None, experimental_debug_stripper=False,
        experimental_io_device=None, experimental_variable_policy=None, experimental_custom_gradients=True,
        experimental_image_format=False, experimental_skip_saver=False, experimental_sharding_callback=None,
        extra_tags=None,
    ):  # fmt: skip
        if experimental_image_format:
            raise UnimplementedError(
                "SaveOptions(experimental_image_format=True): models in pieces", hint="leave the option out"
            )
        self.namespace_whitelist = None if namespace_whitelist is None else list(namespace_whitelist)
        self.save_debug_info = save_debug_info
        self.function_aliases = {} if function_aliases is None else dict(function_aliases)
        self.experimental_debug_stripper = experimental_debug_stripper
        self.experimental_io_device = experimental_io_device
        self.experimental_variable_policy = VariablePolicy.from_obj(experimental_variable_policy)
        self.experimental_custom_gradients = experimental_custom_gradients
        self.experimental_image_format = experimental_image_format
        self.experimental_skip_saver = experimental_skip_saver
        self.experimental_sharding_callback = experimental_sharding_callback
        self.extra_tags = extra_tags


class LoadOptions:
    """How a model is loaded.

    Args:
        allow_partial_checkpoint: Whether variables may be missing in the model's checkpoint: they are zero then.
        experimental_io_device: Accepted.
        experimental_skip_checkpoint: Whether to leave the variables at zero.
        experimental_variable_policy: Accepted.
        experimental_load_function_aliases: Whether the object gets an attribute `function_aliases`.
    """

    __slots__ = (
        "allow_partial_checkpoint", "experimental_io_device", "experimental_load_function_aliases",
        "experimental_skip_checkpoint", "experimental_variable_policy",
    )  # fmt: skip

    def __init__(
        self, allow_partial_checkpoint=False, experimental_io_device=None, experimental_skip_checkpoint=False,
        experimental_variable_policy=None, experimental_load_function_aliases=False,
    ):  # fmt: skip
        self.allow_partial_checkpoint = allow_partial_checkpoint
        self.experimental_io_device = experimental_io_device
        self.experimental_skip_checkpoint = experimental_skip_checkpoint
        self.experimental_variable_policy = VariablePolicy.from_obj(experimental_variable_policy)
        self.experimental_load_function_aliases = experimental_load_function_aliases
