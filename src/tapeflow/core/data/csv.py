"""CSV files as datasets: `CsvDataset` and `make_csv_dataset`."""

import collections
import csv as python_csv
import gzip

import numpy as np

from tapeflow.core.base import dtypes, file_tree, local_files
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.data.cursor import ColumnCursor
from tapeflow.core.data.dataset import AUTOTUNE, UNKNOWN, DatasetV2, Derived, number
from tapeflow.core.data.files import FileCursor, _bytes_of, _compression, _kind, names_of
from tapeflow.core.data.options import Options
from tapeflow.core.ops import registry
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor, Tensor

_KINDS = (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64, dtypes.string)


def records(path, kind, header, quotes):
    """The records of a CSV file: lines, joined where a quoted field goes on."""
    held, is_open, first, rest = [], False, header, b""
    for piece in _with_end(_bytes_of(path, kind)):
        parts = (rest + piece).split(b"\n")
        rest = parts.pop()
        for line in parts:
            held.append(line)
            if quotes and line.count(b'"') % 2:
                is_open = not is_open
            if is_open:
                continue
            record = b"\n".join(held) if len(held) > 1 else line
            held = []
            record = record[:-1] if record.endswith(b"\r") else record
            if first:
                first = False
            else:
                yield record
    if held:
        where = local_files.shown(path)
        raise InvalidArgumentError(f"Reached end of file without closing quoted field in record ({where})")


def _with_end(pieces):
    """The pieces, and a last line end if there is none."""
    last = b"\n"
    for piece in pieces:
        yield piece
        last = piece
    if not last.endswith(b"\n"):
        yield b"\n"


class _CsvCursor(ColumnCursor):
    """Records taken apart, many at a time."""

    def __init__(self, source, decode):
        super().__init__()
        self._source, self._decode = source, decode

    def fetch(self, n):
        columns = self._source.block(n)
        return None if columns is None else self._decode(columns[0])

    def mark(self):
        return self._source.save()

    def reset(self, mark):
        self._source.restore(mark)

    def close(self):
        self._source.close()


class CsvDatasetV2(Derived):
    """The records of CSV files, a scalar tensor for each column.

    Args:
        filenames: A name, a list of names or a string tensor.
        record_defaults: For each column a dtype (the field must be there) or a tensor with a default value.
        compression_type: `"GZIP"`, `"ZLIB"`, or `""` for none.
        buffer_size: Accepted.
        header: Whether the first line of each file is left out.
        field_delim: What stands between fields.
        use_quote_delim: Whether double quotes enclose fields.
        na_value: Text that stands for a missing value.
        select_cols: The numbers of the columns to read, in order.
        exclude_cols: The numbers of the columns to leave out.

    Raises:
        InvalidArgumentError: When read: a field is missing or does not parse.
    """

    __slots__ = ()

    def __init__(
        self, filenames, record_defaults, compression_type=None, buffer_size=None, header=False, field_delim=",",
        use_quote_delim=True, na_value="", select_cols=None, exclude_cols=None,
    ):  # fmt: skip
        if select_cols is not None and exclude_cols is not None:
            raise InvalidArgumentError("Either select_cols or exclude_cols should be empty")
        defaults = [_default(x) for x in record_defaults]
        spec = tuple(TensorSpec([], d.dtype) for d in defaults)
        super().__init__(names_of(filenames), spec)
        self._defaults, self._select, self._exclude = defaults, select_cols, exclude_cols
        self.arguments = (
            _kind(compression_type), number(header, dtypes.bool), number(use_quote_delim, dtypes.bool),
            number(field_delim, dtypes.string), number(na_value, dtypes.string),
        )  # fmt: skip

    def make_cursor(self, start):
        kind = _compression(start, self.arguments[0])
        header, quotes = map(start.number, self.arguments[1:3])
        delimiter, na_value = (x if isinstance(x, bytes) else start.host(x).item() for x in self.arguments[3:])
        names = self._input_dataset.cursor(start)
        source = FileCursor(names, lambda path: records(path, kind, header, quotes))
        return _CsvCursor(source, self._decoder(delimiter.decode(), quotes, na_value.decode()))

    def _decoder(self, delimiter, quotes, na_value):
        kernel = registry.get("DecodeCSV").kernel
        defaults = tuple(d.host for d in self._defaults)
        selected = tuple(self._select or ())
        excluded = self._exclude
        kinds = [d.dtype for d in self._defaults]

        def decode(lines):
            chosen = selected
            if excluded is not None:
                total = len(defaults) + len(excluded)
                chosen = tuple(i for i in range(total) if i not in set(excluded))
            found = kernel(lines, defaults, field_delim=delimiter, use_quote_delim=quotes, na_value=na_value,
                           select_cols=chosen, **({"OUT_TYPE": kinds} if _takes_types(kernel) else {}))  # fmt: skip
            return tuple(found)

        return decode

    def count(self, start):
        return UNKNOWN


def _takes_types(kernel):
    code = getattr(kernel, "__code__", None)
    return code is not None and "OUT_TYPE" in code.co_varnames


def _default(x):
    if isinstance(x, Tensor):
        return x
    if isinstance(x, (dtypes.DType, type)) or (isinstance(x, str) and x in dtypes.NAMES):
        dtype = dtypes.as_dtype(x)
        return EagerTensor(np.empty(0, dtype.as_numpy_dtype), dtype)
    return convert(x)


# -- make_csv_dataset ------------------------------------------------------------------------------


def make_csv_dataset(
    file_pattern, batch_size, column_names=None, column_defaults=None, label_name=None, select_columns=None,
    field_delim=",", use_quote_delim=True, na_value="", header=True, num_epochs=None, shuffle=True,
    shuffle_buffer_size=10000, shuffle_seed=None, prefetch_buffer_size=None, num_parallel_reads=None, sloppy=False,
    num_rows_for_inference=100, compression_type=None, ignore_errors=False, encoding="utf-8",
):  # fmt: skip
    """Reads CSV files as batches of columns.

    Args:
        file_pattern: A pattern or a list of patterns of file names.
        batch_size: Records in a batch.
        column_names: The names; those of the header by default.
        column_defaults: For each column a dtype or a default value; inferred from the first records by default.
        label_name: The column that becomes the second part of each element.
        select_columns: Names or numbers of the columns to read.
        field_delim: What stands between fields.
        use_quote_delim: Whether double quotes enclose fields.
        na_value: Text that stands for a missing value.
        header: Whether the first line of each file holds the names.
        num_epochs: How often the data is repeated; None without end.
        shuffle: Whether the records are shuffled.
        shuffle_buffer_size: Size of the buffer of the shuffle.
        shuffle_seed: Seed of the shuffle.
        prefetch_buffer_size: Batches to make ready; `tf.data.AUTOTUNE` by default.
        num_parallel_reads: Files read in turn.
        sloppy: Accepted.
        num_rows_for_inference: Records that the types are inferred from; None for all.
        compression_type: `"GZIP"`, `"ZLIB"`, or None.
        ignore_errors: Whether records that cannot be read are left out.
        encoding: Of the files.

    Returns:
        A dataset of dictionaries of columns, or of pairs of that and the label.
    """
    files = _files(file_pattern)
    dataset = DatasetV2.from_tensor_slices(files)
    if shuffle:
        dataset = dataset.shuffle(len(files), shuffle_seed)
    opener = _opener(compression_type, encoding) if column_names is None or column_defaults is None else None
    if column_names is None:
        if not header:
            raise ValueError("Expected `column_names` or `header` arguments. Neither is provided.")
        column_names = _header(files, field_delim, use_quote_delim, opener)
    if len(column_names) != len(set(column_names)):
        twice = {n for n in column_names if column_names.count(n) > 1}
        raise ValueError(f"Either `column_names` argument or CSV header row contains duplicate column names: {twice}.")
    if select_columns is not None:
        select_columns = _numbers(select_columns, column_names)
    if column_defaults is not None:
        column_defaults = [_default(x) for x in column_defaults]
    else:
        rows = _rows(files, len(column_names), field_delim, use_quote_delim, header, opener)
        column_defaults = _inferred(rows, column_names, na_value, num_rows_for_inference, select_columns)
    if select_columns is not None and len(column_defaults) != len(select_columns):
        raise ValueError(
            "If specified, `column_defaults` and `select_columns` must have the same length: `column_defaults` has "
            f"length {len(column_defaults)}, `select_columns` has length {len(select_columns)}."
        )
    if select_columns is not None and len(column_names) > len(select_columns):
        column_names = [column_names[i] for i in select_columns]
    if label_name is not None and label_name not in column_names:
        raise ValueError(
            f"`label_name` provided must be one of the columns: {column_names}. Received: {label_name}."
        )

    def of_file(name):
        one = CsvDatasetV2(
            name, column_defaults, field_delim=field_delim, use_quote_delim=use_quote_delim, na_value=na_value,
            select_cols=select_columns, header=header, compression_type=compression_type,
        )  # fmt: skip
        return one.ignore_errors() if ignore_errors else one

    def named(*columns):
        features = collections.OrderedDict(zip(column_names, columns, strict=True))
        return features if label_name is None else (lambda label: (features, label))(features.pop(label_name))

    reads = 1 if num_parallel_reads is None else num_parallel_reads
    if reads == AUTOTUNE:
        options = Options()
        options.deterministic = not sloppy
        dataset = dataset.interleave(of_file, num_parallel_calls=reads).with_options(options)
    else:
        dataset = dataset.interleave(of_file, cycle_length=reads, block_length=1)
    if shuffle:
        dataset = dataset.shuffle(shuffle_buffer_size, shuffle_seed)
    if num_epochs != 1:
        dataset = dataset.repeat(num_epochs)
    dataset = dataset.batch(batch_size, drop_remainder=num_epochs is None).map(named)
    return dataset.prefetch(AUTOTUNE if prefetch_buffer_size is None else prefetch_buffer_size)


def _files(file_pattern):
    patterns = file_pattern if isinstance(file_pattern, list) else [file_pattern]
    if not patterns:
        raise ValueError("Argument `file_pattern` should not be empty.")
    found = [name for one in patterns for name in file_tree.glob(one)]
    if not found:
        raise ValueError(f"No files match `file_pattern` {file_pattern}.")
    return sorted(found)


def _opener(compression_type, encoding):
    if compression_type in (None, ""):
        return lambda name: open(local_files.local(name), encoding=encoding, newline="")
    if compression_type == "GZIP":
        return lambda name: gzip.open(local_files.local(name), "rt", encoding=encoding, newline="")
    if compression_type == "ZLIB":
        raise ValueError("`compression_type` ZLIB is not supported for probing columns.")
    raise ValueError(
        f"Received unknown `compression_type` {compression_type}. Expected: GZIP, ZLIB or  (empty string)."
    )


def _reader(file, delimiter, quotes):
    return python_csv.reader(
        file, delimiter=delimiter, quoting=python_csv.QUOTE_MINIMAL if quotes else python_csv.QUOTE_NONE
    )


def _header(files, delimiter, quotes, opener):
    names = None
    for path in files:
        with opener(path) as file:
            found = next(_reader(file, delimiter, quotes), None)
        if found is None:
            raise ValueError(f"Failed when reading the header line of {path}. Is it an empty file?")
        if names is not None and found != names:
            raise ValueError(
                "All input CSV files should have the same column names in the header row. File "
                f"{path} has different column names."
            )
        names = found
    return names


def _rows(files, count, delimiter, quotes, header, opener):
    """The fields of each record."""
    for path in files:
        with opener(path) as file:
            reader = _reader(file, delimiter, quotes)
            if header:
                next(reader)
            for place, row in enumerate(reader, 1 + bool(header)):
                if len(row) != count:
                    raise ValueError(
                        f"Problem inferring types: CSV row {place} has {len(row)} number of fields. Expected: {count}."
                    )
                yield row


def _inferred(rows, column_names, na_value, limit, chosen):
    """A default value, in a list, for each column: 0 or "" of the narrowest dtype that its values fit in."""
    chosen = range(len(column_names)) if chosen is None else chosen
    kinds = [None] * len(chosen)
    for i, row in enumerate(rows):
        if limit is not None and i >= limit:
            break
        for j, column in enumerate(chosen):
            kinds[j] = _wider(row[column], na_value, kinds[j])
    return [convert([0 if k not in (None, dtypes.string) else ""], dtype=k or dtypes.string) for k in kinds]


_ORDER = (dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64, dtypes.string)


def _wider(text, na_value, before):
    """The narrowest dtype for the values so far and one more."""
    if text in ("", na_value):
        return before
    for i, dtype in enumerate(_ORDER):
        if _fits(text, dtype) and (before is None or before in _ORDER[: i + 1]):
            return dtype
    return dtypes.string


def _fits(text, dtype):
    if dtype is dtypes.string:
        return True
    try:
        value = int(text) if dtype.is_integer else float(text)
    except ValueError:
        return False
    if dtype.is_integer:
        return dtype.min <= value <= dtype.max
    return dtype is dtypes.float64 or not np.isfinite(value) or dtype.min <= value <= dtype.max


def _numbers(select_columns, column_names):
    """The numbers of the chosen columns, sorted."""
    places = {name: i for i, name in enumerate(column_names)}
    found = []
    for one in select_columns:
        if isinstance(one, int):
            if not 0 <= one < len(column_names):
                raise ValueError(
                    f"Column index {one} specified in `select_columns` should be > 0  and <= {len(column_names)}, "
                    "which is the number of columns."
                )
            found.append(one)
        elif one not in places:
            raise ValueError(
                f"Column {one} specified in `select_columns` must be of one of the columns: {places.keys()}."
            )
        else:
            found.append(places[one])
    if len(set(found)) != len(select_columns):
        raise ValueError(f"The `select_columns` argument contains duplicate columns: {sorted(found)}.")
    return sorted(found)
