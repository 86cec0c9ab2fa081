"""`tf.saved_model.experimental.read_fingerprint`: what identifies a SavedModel."""

import os

from tapeflow.core.base import local_files
from tapeflow.core.base.errors import NotFoundError
from tapeflow.core.base.messages import message

FILENAME = "fingerprint.pb"
_FIELDS = (
    "saved_model_checksum", "graph_def_program_hash", "signature_def_hash", "saved_object_graph_hash",
    "checkpoint_hash",
)  # fmt: skip


class Fingerprint:
    """The checksum and hashes of a SavedModel.

    Args:
        saved_model_checksum: Of the message file.
        graph_def_program_hash, signature_def_hash, saved_object_graph_hash: Of its parts.
        checkpoint_hash: Of the variables' index.
        version: The version of the scheme.
    """

    def __init__(
        self, saved_model_checksum=None, graph_def_program_hash=None, signature_def_hash=None,
        saved_object_graph_hash=None, checkpoint_hash=None, version=None,
    ):  # fmt: skip
        self.saved_model_checksum = saved_model_checksum
        self.graph_def_program_hash = graph_def_program_hash
        self.signature_def_hash = signature_def_hash
        self.saved_object_graph_hash = saved_object_graph_hash
        self.checkpoint_hash = checkpoint_hash
        self.version = version

    @classmethod
    def from_proto(cls, proto):
        """Returns the fingerprint of a `FingerprintDef` message."""
        return cls(*(getattr(proto, name) for name in _FIELDS), proto.version)

    def primary_key(self):
        """Returns the hashes that tell models apart, as a tuple."""
        return self.graph_def_program_hash, self.signature_def_hash, self.saved_object_graph_hash, self.checkpoint_hash

    def singleprint(self):
        """Returns the hashes as one text."""
        return "/".join(map(str, self.primary_key()))

    def __eq__(self, other):
        return isinstance(other, Fingerprint) and self.primary_key() == other.primary_key()

    __hash__ = None  # type: ignore[assignment]

    def __str__(self):
        return "SavedModel Fingerprint\n" + "\n".join(f"  {name}: {getattr(self, name)}" for name in _FIELDS)


def read_fingerprint(export_dir):
    """Returns the fingerprint of a SavedModel.

    Args:
        export_dir: The model's directory.

    Raises:
        FileNotFoundError: It has none.
        ValueError: The file is damaged.
    """
    from google.protobuf.message import DecodeError  # lazy: protobuf is slow to import

    place = os.path.join(os.fsdecode(export_dir), FILENAME)
    try:
        return Fingerprint.from_proto(message("FingerprintDef").FromString(local_files.read(place)))
    except NotFoundError as error:
        raise FileNotFoundError(f"SavedModel Fingerprint Error: there is no {FILENAME} in {export_dir}") from error
    except DecodeError as error:
        raise ValueError(f"{place} cannot be read: {error}") from error
