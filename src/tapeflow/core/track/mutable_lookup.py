"""`tf.lookup.experimental`'s tables, whose keys come and go."""

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.hash_table import HashTable
from tapeflow.core.ops.defs import hash_table as ops
from tapeflow.core.track.dense_buckets import gathered, spread
from tapeflow.core.track.lookup import LookupInterface, check_key_dtype, handle_of
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor, Tensor


class _MutableTable(LookupInterface):
    """What both kinds share."""

    def size(self, name=None):
        """Returns how many keys there are, an int64 scalar."""
        return ops.size(self.resource_handle)

    def insert(self, keys, values, name=None):
        """Adds keys, or replaces their values.

        Args:
            keys: A tensor of keys.
            values: Their values.
            name: Optional name.

        Raises:
            InvalidArgumentError: The shapes do not fit.
        """
        keys = self._as(keys, self._key_dtype, "keys")
        ops.insert(self.resource_handle, keys, self._as(values, self._value_dtype, "values"))

    def remove(self, keys, name=None):
        """Removes keys; those that are not there are passed over.

        Raises:
            TypeError: The keys have another dtype.
        """
        ops.remove(self.resource_handle, self._keys(keys)[0])

    def export(self, name=None):
        """Returns all keys and all values, in no particular order."""
        keys, values = ops.export(self.resource_handle, self._key_dtype, self._value_dtype)
        return keys, values

    # TensorFlow's name of both tensors together in the object graph of a checkpoint.
    _LEGACY_SAVEABLE_NAME = "table"

    def _serialize_to_tensors(self):
        keys, values = self.export()
        return {"-keys": keys, "-values": values}

    def _restore_from_tensors(self, restored_tensors):
        ops.import_table(self.resource_handle, restored_tensors["-keys"], restored_tensors["-values"])

    def _as(self, value, dtype, name):
        if isinstance(value, Tensor) and value.dtype != dtype:
            raise ValueError(
                f"{name}: Tensor conversion requested dtype {dtype.name} for Tensor with dtype {value.dtype.name}: "
                f"{value!r}"
            )
        return convert(value, dtype)


class MutableHashTable(_MutableTable):
    """A table whose keys come and go.

    Args:
        key_dtype, value_dtype: The dtypes of keys and values.
        default_value: A scalar or vector: what keys that are not there stand for; values have its shape.
        name: Optional name.
        checkpoint: Whether checkpoints hold the content.
        experimental_is_anonymous: Accepted; tables are never shared by name.

    >>> table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, default_value=-1)
    >>> table.insert(["a"], [1])
    >>> table.lookup(["a", "b"]).numpy()
    array([ 1, -1])
    """

    def __init__(
        self, key_dtype, value_dtype, default_value, name="MutableHashTable", checkpoint=True,
        experimental_is_anonymous=False,
    ):  # fmt: skip
        super().__init__(key_dtype, value_dtype)
        self._default_value = convert(default_value, self._value_dtype)
        self._value_shape = self._default_value.shape
        self._checkpoint, self._name, self._is_anonymous = checkpoint, name, experimental_is_anonymous
        check_key_dtype(self._key_dtype, "MutableHashTableV2")
        if self._value_shape.rank > 1:
            shape = str(self._value_shape.as_list()).replace(" ", "")
            raise InvalidArgumentError(f"Default value must be a vector, got shape {shape}")
        self._resource_handle = self._create_resource()

    def _create_resource(self):
        shape = self._value_shape.as_list()
        return handle_of(HashTable(self._key_dtype, self._value_dtype, value_shape=shape, mutable=True))

    def lookup(self, keys, dynamic_default_values=None, name=None):
        """Looks keys up.

        Args:
            keys: A tensor of keys.
            dynamic_default_values: What keys that are not there stand for this time: one value, or one each.
            name: Optional name.

        Returns:
            The values.
        """
        if hasattr(keys, "with_flat_values") or hasattr(keys, "dense_shape"):
            keys, put_back = self._keys(keys)
        else:
            keys, put_back = self._as(keys, self._key_dtype, "keys"), lambda found: found
        default = self._default_value if dynamic_default_values is None else dynamic_default_values
        return put_back(ops.find(self.resource_handle, keys, convert(default, self._value_dtype)))


class DenseHashTable(_MutableTable):
    """A table whose keys come and go, and may be vectors.

    Differs from TensorFlow: `export` gives the keys that are there, without the empty buckets between them.

    Args:
        key_dtype, value_dtype: The dtypes of keys and values.
        default_value: What keys that are not there stand for; values have its shape.
        empty_key, deleted_key: Two keys that are never used; keys have their shape.
        initial_num_buckets: A power of two; accepted.
        name: Optional name.
        checkpoint: Whether checkpoints hold the content.
        experimental_is_anonymous: Accepted; tables are never shared by name.

    >>> table = tf.lookup.experimental.DenseHashTable(
    ...     tf.string, tf.int64, default_value=-1, empty_key="", deleted_key="$")
    >>> table.insert(["a"], [1])
    >>> table.lookup(["a", "b"]).numpy()
    array([ 1, -1])
    """

    def __init__(
        self, key_dtype, value_dtype, default_value, empty_key, deleted_key, initial_num_buckets=None,
        name="MutableDenseHashTable", checkpoint=True, experimental_is_anonymous=False,
    ):  # fmt: skip
        super().__init__(key_dtype, value_dtype)
        self._default_value = convert(default_value, self._value_dtype)
        self._value_shape = self._default_value.shape
        self._initial_num_buckets = 131072 if initial_num_buckets is None else initial_num_buckets
        self._empty_key = convert(empty_key, self._key_dtype)
        self._deleted_key = convert(deleted_key, self._key_dtype)
        self._checkpoint, self._name, self._is_anonymous = checkpoint, name, experimental_is_anonymous
        ops.check_dense(self._empty_key.host, self._deleted_key.host, self._initial_num_buckets)
        self._resource_handle = self._create_resource()

    def _create_resource(self):
        return handle_of(HashTable(
            self._key_dtype, self._value_dtype, value_shape=self._value_shape.as_list(), mutable=True,
            key_shape=self._empty_key.shape.as_list(), empty=self._empty_key.host, deleted=self._deleted_key.host,
        ))  # fmt: skip

    def _serialize_to_tensors(self):
        keys, values = (tensor.numpy() for tensor in self.export())
        keys, values = spread(
            keys, values, self._empty_key.host, self._default_value.host, self._initial_num_buckets
        )
        return {"-keys": EagerTensor(keys, self._key_dtype), "-values": EagerTensor(values, self._value_dtype)}

    def _restore_from_tensors(self, restored_tensors):
        keys, values = gathered(
            restored_tensors["-keys"].numpy(), restored_tensors["-values"].numpy(), self._empty_key.host,
            self._deleted_key.host, self._empty_key.shape.as_list(), self._value_shape.as_list(),
        )  # fmt: skip
        super()._restore_from_tensors(
            {"-keys": EagerTensor(keys, self._key_dtype), "-values": EagerTensor(values, self._value_dtype)}
        )

    def lookup(self, keys, name=None):
        """Looks keys up.

        Args:
            keys: A tensor of keys.
            name: Optional name.

        Returns:
            The values.

        Raises:
            InvalidArgumentError: A key is the empty or the deleted one.
        """
        keys = self._as(keys, self._key_dtype, "keys")
        return ops.find(self.resource_handle, keys, self._default_value)

    def insert_or_assign(self, keys, values, name=None):
        """Does the same as `insert`."""
        self.insert(keys, values)

    def erase(self, keys, name=None):
        """Does the same as `remove`."""
        self.remove(keys)
