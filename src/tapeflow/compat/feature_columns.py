"""`tf.__internal__.feature_column`: the abstract classes that Keras 2's feature layers are made of.

TensorFlow has marked feature columns as deprecated; preprocessing layers do their work.
"""

from tapeflow.core.base.errors import UnimplementedError


def _missing(what):
    raise UnimplementedError(f"{what} is not part of TapeFlow", hint="use Keras's preprocessing layers")


class StateManager:
    """Keeps the variables of columns."""

    def create_variable(
        self, feature_column, name, shape, dtype=None, trainable=True, use_resource=True, initializer=None
    ):  # fmt: skip
        """Makes a variable for a column."""
        _missing("StateManager.create_variable")

    def add_variable(self, feature_column, var):
        """Takes a variable for a column."""
        _missing("StateManager.add_variable")

    def get_variable(self, feature_column, name):
        """Returns a variable of a column."""
        _missing("StateManager.get_variable")


class FeatureColumn:
    """How a raw feature becomes a tensor."""


class DenseColumn(FeatureColumn):
    """A column that is a dense tensor of a fixed size."""


class SequenceDenseColumn(FeatureColumn):
    """A column that is a sequence of dense tensors."""


class FeatureTransformationCache:
    """The columns that were computed already.

    Args:
        features: Name -> tensor.
    """

    def __init__(self, features):
        self._features = dict(features)

    def get(self, key, state_manager, training=None):
        """Returns the tensor of a column or of a raw feature."""
        if key not in self._features:
            self._features[key] = key.transform_feature(self, state_manager)
        return self._features[key]


def serialize_feature_column(fc):
    """Not there."""
    _missing("serialize_feature_column")


def deserialize_feature_column(config, custom_objects=None, columns_by_name=None):
    """Not there."""
    _missing("deserialize_feature_column")
