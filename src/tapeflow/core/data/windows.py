"""`unbatch`, `window` and `group_by_window`."""

from tapeflow.core.base import dtypes, nest
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.data import structure
from tapeflow.core.data.batches import Rows
from tapeflow.core.data.captured import Captured
from tapeflow.core.data.cursor import Cursor
from tapeflow.core.data.dataset import INFINITE, UNKNOWN, DatasetSpec, DatasetV2, Derived, known, number
from tapeflow.core.data.flat import cursor_of
from tapeflow.core.data.function import DataFunction
from tapeflow.core.values.convert import convert
from tapeflow.core.values.extension_type import BatchableExtensionTypeSpec, batch_encoder


class _Unbatched(Cursor):
    """The rows of each element."""

    def __init__(self, source, specs):
        self._source, self._specs = source, specs
        self._inside = self._row = None

    def next(self):
        while True:
            if self._inside is None:
                self._row = self._source.next()
                if self._row is None:
                    return None
                self._inside = self._open()
            row = self._inside.next()
            if row is not None:
                return row
            self._inside = None

    def _open(self):
        sizes = [_length(x) for x in self._row if x is not None]
        other = next((i for i, n in enumerate(sizes) if n != sizes[0]), None)
        if other is not None:
            raise InvalidArgumentError(
                "Input element must have the same batch size in each component. Component 0 had size "
                f"{sizes[0]} but component {other} had size, {sizes[other]}."
            )
        return Rows(self._row, self._specs)

    def save(self):
        inside = None if self._inside is None else self._inside.save()
        return {"source": self._source.save(), "row": self._row, "inside": inside}

    def restore(self, state):
        self._source.restore(state["source"])
        self._row, self._inside = state["row"], None
        if state["inside"] is not None:
            self._row = tuple(self._row)
            self._inside = self._open()
            self._inside.restore(state["inside"])

    def close(self):
        self._source.close()


def _length(x):
    """The first size of a leaf."""
    if hasattr(x, "nrows"):
        return int(x.nrows())
    if hasattr(x, "dense_shape"):
        return int(x.dense_shape.host[0])
    spec = getattr(x, "_type_spec", None)
    if isinstance(spec, BatchableExtensionTypeSpec):
        return _length(structure.to_leaf(nest.flatten(batch_encoder(spec).encode(spec, x, minimum_rank=1))[0]))
    return len(x)


class _UnbatchDataset(Derived):
    """The rows of each element."""

    __slots__ = ()

    def __init__(self, dataset):
        specs = structure.flatten(dataset.element_spec)
        if not specs:
            raise ValueError("Invalid `input_dataset`. Empty element.")
        if any(getattr(s, "shape", None) is not None and s.shape.rank == 0 for s in specs):
            raise ValueError("Cannot unbatch an input with scalar components.")
        sizes = {s.shape[0] for s in specs if getattr(s, "shape", None) is not None and s.shape.rank}
        sizes.discard(None)
        if len(sizes) > 1:
            first, second = list(sizes)[:2]
            raise ValueError(f"Dimensions {first} and {second} are not compatible")
        self._rows = next(iter(sizes), None)
        super().__init__(dataset, structure.map_leaves(lambda s: s._unbatch(), dataset.element_spec))

    def make_cursor(self, start):
        return _Unbatched(self._input_dataset.cursor(start), structure.flatten(self._input_dataset.element_spec))

    def count(self, start):
        inside = self._input_dataset.count(start)
        if inside == INFINITE:
            return INFINITE
        return UNKNOWN if inside == UNKNOWN or self._rows is None else inside * self._rows


# -- window ----------------------------------------------------------------------------------------


class ListCursor(Cursor):
    """Elements that are there already."""

    def __init__(self, rows):
        self._rows, self._place = rows, 0

    def next(self):
        if self._place >= len(self._rows):
            return None
        self._place += 1
        return self._rows[self._place - 1]

    def save(self):
        return {"place": self._place}

    def restore(self, state):
        self._place = int(state["place"])


class _GivenDataset(DatasetV2):
    """The elements of one window."""

    __slots__ = ()

    def __init__(self, rows, spec):
        self._rows, self._spec = rows, spec

    def make_cursor(self, start):
        return ListCursor(self._rows)

    def count(self, start):
        return len(self._rows)


class _Windows(Cursor):
    """Datasets of neighbouring elements."""

    def __init__(self, source, size, shift, stride, drop, specs):
        self._source, self._size, self._shift, self._stride = source, size, shift, stride
        self._drop, self._specs = drop, specs
        self._held, self._skip, self._at_end = [], 0, False

    def next(self):
        span = (self._size - 1) * self._stride + 1
        while self._skip and not self._at_end:
            self._at_end = self._source.next() is None
            self._skip -= 1
        while len(self._held) < span and not self._at_end:
            row = self._source.next()
            if row is None:
                self._at_end = True
            else:
                self._held.append(row)
        if not self._held or (self._drop and len(self._held) < span):
            return None
        chosen = self._held[: span : self._stride]
        self._skip = max(0, self._shift - len(self._held))
        self._held = self._held[self._shift :]
        return tuple([
            _GivenDataset([(row[i],) for row in chosen], spec) for i, spec in enumerate(self._specs)
        ])  # fmt: skip

    def save(self):
        return {"source": self._source.save(), "rows": list(self._held), "skip": self._skip, "at_end": self._at_end}

    def restore(self, state):
        self._source.restore(state["source"])
        self._held = [tuple(row) for row in state["rows"]]
        self._skip, self._at_end = int(state["skip"]), bool(state["at_end"])

    def close(self):
        self._source.close()


class _WindowDataset(Derived):
    """Datasets of neighbouring elements."""

    __slots__ = ()

    def __init__(self, dataset, size, shift, stride, drop_remainder):
        self.arguments = number(size), number(size if shift is None else shift), number(stride), number(
            drop_remainder, dtypes.bool
        )
        for value, name in zip(self.arguments[:3], ("Window size", "Window shift", "Window stride"), strict=True):
            if known(value) is not None and value < 1:
                raise InvalidArgumentError(f"{name} must be greater than zero. [Op:WindowDataset]")
        super().__init__(dataset, structure.map_leaves(DatasetSpec, dataset.element_spec))

    def make_cursor(self, start):
        specs = structure.flatten(self._input_dataset.element_spec)
        return _Windows(self._input_dataset.cursor(start), *map(start.number, self.arguments), specs)

    def count(self, start):
        size, shift, stride, drop = map(start.number, self.arguments)
        inside = self._input_dataset.count(start)
        if inside < 0:
            return inside
        if not drop:
            return -(-inside // shift)
        span = (size - 1) * stride + 1
        return 0 if inside < span else (inside - span) // shift + 1


# -- group_by_window -------------------------------------------------------------------------------


class _Grouped(Cursor):
    """Elements gathered by key; full groups become datasets, whose elements come out."""

    def __init__(self, source, key, size, reduce, spec, start):
        self._source, self._key, self._size_of, self._reduce, self._spec = source, key, size, reduce, spec
        self._start = start
        self._groups, self._sizes = {}, {}
        self._inside = self._opened = None
        self._at_end = False

    def next(self):
        while True:
            if self._inside is not None:
                row = self._inside.next()
                if row is not None:
                    return row
                self._inside.close()
                self._inside = self._opened = None
            if self._at_end:
                if not self._groups:
                    return None
                self._open(min(self._groups))
                continue
            row = self._source.next()
            if row is None:
                self._at_end = True
                continue
            key = int(self._key(row)[0])
            if key not in self._sizes:
                size = int(self._size_of((convert(key, dtype=dtypes.int64).host,))[0])
                if size < 1:
                    raise InvalidArgumentError(
                        f"Window size must be greater than zero, but got {size}. [Op:IteratorGetNext]"
                    )
                self._sizes[key] = size
            group = self._groups.setdefault(key, [])
            group.append(row)
            if len(group) == self._sizes[key]:
                self._open(key)

    def _open(self, key):
        self._begin(key, self._groups.pop(key))
        self._sizes.pop(key, None)

    def _begin(self, key, rows):
        self._opened = key, rows
        group = _GivenDataset(rows, self._spec)
        self._inside = cursor_of(self._reduce((convert(key, dtype=dtypes.int64).host, group))[0], self._start)

    def save(self):
        opened = None if self._opened is None else [self._opened[0], self._opened[1], self._inside.save()]
        groups = [[key, self._sizes[key], rows] for key, rows in self._groups.items()]
        return {"source": self._source.save(), "groups": groups, "opened": opened, "at_end": self._at_end}

    def restore(self, state):
        self._source.restore(state["source"])
        self._groups = {int(key): [tuple(r) for r in rows] for key, _, rows in state["groups"]}
        self._sizes = {int(key): int(size) for key, size, _ in state["groups"]}
        self._at_end, self._inside, self._opened = bool(state["at_end"]), None, None
        if state["opened"] is not None:
            key, rows, inside = state["opened"]
            self._begin(int(key), [tuple(r) for r in rows])
            self._inside.restore(inside)

    def close(self):
        if self._inside is not None:
            self._inside.close()
        self._source.close()


_KEY = TensorSpec([], dtypes.int64)


class _GroupByWindowDataset(Derived):
    """Elements gathered by key."""

    __slots__ = ()

    def __init__(self, dataset, key_func, reduce_func, window_size, window_size_func):
        if (window_size is None) == (window_size_func is None):
            raise ValueError("Either the `window_size` argument or the `window_size_func` argument must be specified.")
        if window_size is not None:
            window_size_func = lambda key: window_size
        name = "Dataset.group_by_window()"
        self._key = DataFunction(_int64(key_func), dataset.element_spec, name)
        self._size = DataFunction(_int64(window_size_func), _KEY, name)
        self._reduce = DataFunction(reduce_func, (_KEY, DatasetSpec(dataset.element_spec)), name)
        for function, what in ((self._key, "key_func"), (self._size, "window_size_func")):
            if not isinstance(function.spec, TensorSpec) or not _KEY.is_compatible_with(function.spec):
                raise ValueError(
                    f"Invalid `{what}`. `{what}` must return a single `tf.int64` scalar tensor but its return type is "
                    f"{function.spec}."
                )
        if not isinstance(self._reduce.spec, DatasetSpec):
            raise TypeError(
                "Invalid `reduce_func`. `reduce_func` must return a single `tf.data.Dataset` object but its return "
                f"type is {self._reduce.spec}."
            )
        super().__init__(dataset, self._reduce.spec.element_spec)
        self.functions = self._key, self._size, self._reduce

    def make_cursor(self, start):
        key, size, reduce = (f.bind(start) for f in self.functions)
        return _Grouped(self._input_dataset.cursor(start), key, size, reduce, self._input_dataset.element_spec, start)

    def count(self, start):
        return 0 if self._input_dataset.count(start) == 0 else UNKNOWN


def _int64(function):
    """The function with its result as an int64 tensor."""
    if isinstance(function, Captured):
        return function
    from tapeflow.core.trace.autograph.api import convert as autograph

    converted = autograph(function, user_requested=False)

    def call(*args):
        return convert(converted(*args), dtype=dtypes.int64)

    call.autograph_do_not_convert = True
    return call


def bucket_by_sequence_length(
    dataset, element_length_func, bucket_boundaries, bucket_batch_sizes, padded_shapes, padding_values,
    pad_to_bucket_boundary, no_padding, drop_remainder,
):  # fmt: skip
    """See `Dataset.bucket_by_sequence_length`."""
    from tapeflow.core.ops.compose.array import cast
    from tapeflow.core.ops.compose.assertions import assert_less
    from tapeflow.core.ops.compose.constant import constant
    from tapeflow.core.ops.compose.reduce import reduce_sum
    from tapeflow.core.ops.defs.gather import gather_v2
    from tapeflow.core.trace.function import control_dependencies

    if len(bucket_batch_sizes) != len(bucket_boundaries) + 1:
        raise ValueError(
            "`len(bucket_batch_sizes)` must equal `len(bucket_boundaries) + 1` but `len(bucket_batch_sizes)="
            f"{len(bucket_batch_sizes)}` and `len(bucket_boundaries)={len(bucket_boundaries)}`."
        )
    sizes = constant(list(bucket_batch_sizes), dtype=dtypes.int64)
    limits = constant(list(bucket_boundaries), dtype=dtypes.int64)

    def bucket(*args):
        length = cast(element_length_func(*args), dtypes.int64)
        return reduce_sum(cast(limits <= length, dtypes.int64))

    def window(key):
        return gather_v2(sizes, key, 0)

    def padded(key, group):
        if no_padding:
            return group.batch(window(key), drop_remainder=drop_remainder)
        filler = None
        if pad_to_bucket_boundary:
            message = "When pad_to_bucket_boundary=True, elements must have length < max(bucket_boundaries)."
            check = assert_less(key, constant(len(bucket_batch_sizes) - 1, dtype=dtypes.int64), message=message)
            with control_dependencies([check] if check is not None else []):
                filler = gather_v2(limits, key, 0) - 1
        given = padded_shapes
        if given is None:
            given = structure.map_leaves(lambda s: s.shape, group.element_spec)
        shapes = structure.pack(group.element_spec, [
            [filler if n is None or (isinstance(n, int) and n == -1) else n for n in _sizes_of(part)]
            for part in _shape_parts(group.element_spec, given)
        ]) if filler is not None else given  # fmt: skip
        return group.padded_batch(window(key), shapes, padding_values, drop_remainder=drop_remainder)

    return _GroupByWindowDataset(dataset, bucket, padded, None, window)


def _shape_parts(spec, shapes):
    from tapeflow.core.data.padded import _up_to

    return _up_to(spec, shapes)


def _sizes_of(shape):
    return shape.as_list() if hasattr(shape, "as_list") else list(shape)
