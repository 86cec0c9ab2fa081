"""What embedding tables and features are, as `tf.tpu.experimental.embedding` describes them."""

import dataclasses
import math

from tapeflow.core.base import dtypes
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.ops.compose.array import cast, reshape
from tapeflow.core.ops.compose.creation import ones
from tapeflow.core.ops.compose.creation import range as numbers
from tapeflow.core.ops.compose.random_stateful import truncated_normal

COMBINERS = ("mean", "sum", "sqrtn")


class RowIdInitializer:
    """Fills row i with i + `offset`.

    Args:
        offset: The number of the first row.
    """

    def __init__(self, offset=0):
        self.offset = offset

    def __call__(self, shape, dtype):
        rows = cast(numbers(self.offset, self.offset + shape[0]), dtype)
        return ones(shape, dtype) * reshape(rows, [-1] + [1] * (len(shape) - 1))


class _Spread:
    """Normal numbers cut off at two standard deviations, which for a table of width n are 1/√n."""

    def __init__(self, dim):
        self.stddev = 1 / math.sqrt(dim)

    def __call__(self, shape, dtype=dtypes.float32, **options):
        return truncated_normal(options.get("partition_shape", shape), 0.0, self.stddev, dtype)


class QuantizationConfig:
    """Values that are read are rounded to some of those between two bounds.

    Args:
        num_buckets: How many values, at least 2.
        lower, upper: The bounds.
    """

    def __init__(self, num_buckets, lower, upper):
        if num_buckets < 2:
            raise ValueError(f"num_buckets is {num_buckets}, must be at least 2 for simulated quantization.")
        self.num_buckets, self.lower, self.upper = num_buckets, lower, upper

    def __repr__(self):
        return f"QuantizationConfig(num_buckets={self.num_buckets!r}, lower={self.lower!r}, upper={self.upper!r})"


class TableConfig:
    """An embedding table.

    Args:
        vocabulary_size: Rows.
        dim: Columns.
        initializer: (shape, dtype) -> tensor; normal numbers if None.
        optimizer: One of `tf.tpu.experimental.embedding`; None for that of the whole.
        combiner: How a row of ids becomes one vector: "mean", "sum" or "sqrtn".
        name: A name; numbered if None.
        quantization_config: A `QuantizationConfig`, or None.
        layout: Kept.
        dtype: float32 or int32.
    """

    def __init__(
        self, vocabulary_size, dim, initializer=None, optimizer=None, combiner="mean", name=None,
        quantization_config=None, layout=None, dtype=dtypes.float32,
    ):  # fmt: skip
        if not isinstance(vocabulary_size, int) or vocabulary_size < 1:
            raise ValueError(f"Argument `vocabulary_size` must be an int and must be >= 1. Received: {vocabulary_size}")
        if not isinstance(dim, int) or dim < 1:
            raise ValueError(f"Argument `dim` (embedding dimension) must be an int and must be >= 1. Received: {dim}")
        if not (initializer is None or callable(initializer)):
            raise ValueError(f"Argument `initializer` must be a callable (or None). Received: {initializer}")
        if combiner not in COMBINERS:
            raise ValueError(f"String argument `combiner` must be in {COMBINERS}. Received: {combiner}")
        if dtype not in (dtypes.float32, dtypes.int32):
            raise ValueError(f"Argument `dtype` must be either float32 or int32. Received: {dtype}")
        self.vocabulary_size, self.dim, self.optimizer = vocabulary_size, dim, optimizer
        self.initializer = _Spread(dim) if initializer is None else initializer
        self.combiner, self.name, self.quantization_config = combiner, name, quantization_config
        self.layout, self.dtype = layout, dtype

    def __repr__(self):
        initializer = None if isinstance(self.initializer, _Spread) else self.initializer
        return (
            f"TableConfig(vocabulary_size={self.vocabulary_size!r}, dim={self.dim!r}, initializer={initializer!r}, "
            f"optimizer={self.optimizer!r}, combiner={self.combiner!r}, name={self.name!r}, "
            f"quantization_config={self.quantization_config!r})"
        )


class FeatureConfig:
    """A feature whose ids are looked up in a table.

    Args:
        table: The `TableConfig`.
        max_sequence_length: If above 0, each row of ids becomes that many vectors, not one.
        validate_weights_and_indices: Whether ids without a row, and weights that are not positive, are left out.
        output_shape: The shape of the result without its last dimension; None for that of the ids.
        name: A name, or None.
    """

    def __init__(self, table, max_sequence_length=0, validate_weights_and_indices=True, output_shape=None, name=None):
        if not isinstance(table, TableConfig):
            raise ValueError(
                f"Argument `table` has invalid type {type(table)}. "
                "Expected `tf.tpu.experimental.embedding.TableConfig`."
            )
        if not isinstance(max_sequence_length, int) or max_sequence_length < 0:
            raise ValueError(
                f"Argument `max_sequence_length` must be an int and must be >= 0. Received: {max_sequence_length}"
            )
        if not isinstance(validate_weights_and_indices, bool):
            raise ValueError(
                f"Argument `validate_weights_and_indices` must be a boolean. Received: {validate_weights_and_indices}"
            )
        self.table, self.max_sequence_length = table, max_sequence_length
        self.validate_weights_and_indices = validate_weights_and_indices
        self.output_shape, self.name = TensorShape(output_shape), name

    def __repr__(self):
        return (
            f"FeatureConfig(table={self.table!r}, max_sequence_length={self.max_sequence_length!r}, "
            f"validate_weights_and_indices={self.validate_weights_and_indices!r}, "
            f"output_shape={self.output_shape!r}, name={self.name!r})"
        )


@dataclasses.dataclass
class SparseCoreEmbeddingConfig:
    """Settings for chips with sparse cores; kept."""

    disable_table_stacking: bool = False
    max_ids_per_chip_per_sample: int = 64
    max_ids_per_table: dict[str, int] | None = None
    max_unique_ids_per_table: dict[str, int] | None = None
    allow_id_dropping: bool = False
    initialize_tables_on_host: bool = True
    enable_fast_table_initialization: bool = False
