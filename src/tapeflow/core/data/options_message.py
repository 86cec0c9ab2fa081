"""`tf.data.Options` as the message that TensorFlow writes into graphs, and back."""

import enum

from tapeflow.core.base.errors import DataLossError
from tapeflow.core.base.messages import message
from tapeflow.core.data.options import AutoShardPolicy, AutotuneAlgorithm, ExternalStatePolicy, Options, _Options

_ENUMS = {
    "auto_shard_policy": AutoShardPolicy, "autotune_algorithm": AutotuneAlgorithm,
    "experimental_external_state_policy": ExternalStatePolicy,
}  # fmt: skip


def message_of(options):
    """The message of a set of options."""
    made = message("DatasetOptions")()
    _fill(made, options)
    return made


def _fill(made, options):
    for field in made.DESCRIPTOR.fields:
        value = getattr(options, field.name)
        if isinstance(value, _Options):
            getattr(made, field.name).SetInParent()
            _fill(getattr(made, field.name), value)
        elif isinstance(value, list):
            getattr(made, field.name).extend(value)
        elif value is not None:
            setattr(made, field.name, value.value if isinstance(value, enum.Enum) else value)


def options_of(data):
    """The options that a serialized message sets.

    Raises:
        DataLossError: It is damaged.
    """
    from google.protobuf.message import DecodeError  # lazy: only where messages are read

    data = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
    try:
        found = message("DatasetOptions").FromString(data)
        options = Options()
        _read(found, options)
    except (DecodeError, ValueError) as error:
        raise DataLossError(f"Could not parse the options of a dataset: {error}") from error
    return options


def _read(found, options):
    for field, value in found.ListFields():
        if field.message_type is not None:
            _read(value, getattr(options, field.name))
        elif field.name in _ENUMS:
            setattr(options, field.name, _ENUMS[field.name](value))
        else:
            setattr(options, field.name, list(value) if field.name == "framework_type" else value)
