"""`tf.saved_model.Asset`: a file that a saved model takes along."""

import os

from tapeflow.core.base import dtypes
from tapeflow.core.base.trackable import Trackable
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor


class Asset(Trackable):
    """A file that is copied into a SavedModel when the object that holds it is saved.

    Args:
        path: Path of the file, a string or a string tensor.

    Attributes:
        asset_path: The path, a string tensor: of the copy, once the model was loaded again.
    """

    def __init__(self, path):
        if isinstance(path, os.PathLike):
            path = os.fspath(path)
        path = convert(path, dtype=dtypes.string)
        self._path = EagerTensor(path.host, dtypes.string)
        self._path.is_asset = True  # functions capture it: it is another path when the model is loaded

    @property
    def asset_path(self):
        """The path of the file, a string tensor."""
        return self._path

    def __repr__(self):
        return f"<Asset {self._path.numpy()!r}>"
