"""Checkpoint files: what TensorFlow wrote is read bit by bit, and written again byte by byte."""

import errno
import json
import os
import resource
from pathlib import Path

import numpy as np
import pytest

from tapeflow.core.base import bundle_slices, dtypes, snappy, sorted_table
from tapeflow.core.base.bundle import Bundle, data_name
from tapeflow.core.base.bundle_slices import whole
from tapeflow.core.base.bundle_writer import Piece, write, write_shards
from tapeflow.core.base.errors import DataLossError, InvalidArgumentError, NotFoundError, ResourceExhaustedError

CORPUS = Path(__file__).parents[2] / "corpus" / "checkpoints"
NAMES = sorted(path.stem for path in CORPUS.glob("*.json") if path.with_suffix("").is_dir())


def expected(name):
    """(prefix, {tensor: (dtype, shape, bytes or list of strings)})"""
    spec, arrays = json.loads((CORPUS / f"{name}.json").read_text()), np.load(CORPUS / f"{name}.npz")
    tensors = {}
    for key, one in spec["tensors"].items():
        value = one["hex"] if "hex" in one else arrays[one["npz"]].tobytes()
        tensors[key] = (one["dtype"], tuple(one["shape"]), value)
    return str(CORPUS / spec["prefix"]), tensors


def content(array):
    return [text.hex() for text in array.ravel()] if array.dtype == object else np.ascontiguousarray(array).tobytes()


@pytest.mark.parametrize("name", NAMES)
def test_every_tensor_is_read_as_tensorflow_reads_it(name):
    prefix, tensors = expected(name)
    with Bundle(prefix) as bundle:
        read = {key: (one.dtype.name, one.shape, content(bundle.read(key))) for key, one in bundle.entries.items()}
    assert read == tensors


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("saver_v1", "slices_and_shards")])
def test_written_again_the_files_are_the_same(name, tmp_path):
    prefix, _ = expected(name)
    with Bundle(prefix) as bundle:
        in_order = sorted(bundle.entries.items(), key=lambda pair: pair[1].offset)
        write(tmp_path / "c", [Piece(key, bundle.read(key), entry.dtype) for key, entry in in_order])
    for end in (".index", ".data-00000-of-00001"):
        assert (tmp_path / f"c{end}").read_bytes() == Path(prefix + end).read_bytes()


def test_a_slice_is_put_together_from_slices_that_are_cut_elsewhere():
    prefix, tensors = expected("slices_and_shards")
    name = max((key for key, (_, shape, _) in tensors.items() if len(shape) == 2), key=lambda key: tensors[key][1])
    with Bundle(prefix) as bundle:
        full = bundle.read(name)
        text = " ".join(map(str, full.shape)) + f" 1,{full.shape[0] - 2}:-"
        _, part = bundle_slices.from_text(text)
        np.testing.assert_array_equal(bundle.read_slice(name, part), full[1:-1])


def test_shards_and_slices_written_are_read(tmp_path):
    full = np.arange(40, dtype=np.float32).reshape(10, 4)
    cuts = [bundle_slices.from_text(text) for text in ("10 4 0,3:-", "10 4 3,7:-")]
    pieces = [Piece("p", full[part.within(whole((10, 4)))], dtypes.float32, shape, part) for shape, part in cuts]
    write_shards(tmp_path / "c", [pieces[:1], [*pieces[1:], Piece("s", np.array(b"text", object), dtypes.string)]])
    with Bundle(tmp_path / "c") as bundle:
        assert list(bundle.entries) == ["p", "s"]
        np.testing.assert_array_equal(bundle.read("p"), full)
        assert bundle.read("s") == b"text"


@pytest.mark.parametrize(
    ("value", "data"), [(0, "80"), (30, "9e"), (-1, "7f"), (64, "c040"), (8128, "dfc0"), (8192, "e02000")]
)
def test_numbers_in_keys_of_slices(value, data):
    assert bundle_slices._signed(value).hex() == data


def test_key_of_a_slice():
    _, part = bundle_slices.from_text("100 4 0,30:-")
    assert bundle_slices.key(b"p/v", part).hex() == "00702f7600010102809e807f"


@pytest.mark.parametrize("text", ["", "3", "3 0,2:-", "3 2,2", "3 -1,2", "x -", "3 1"])
def test_slices_that_do_not_fit_are_refused(text):
    with pytest.raises(InvalidArgumentError):
        bundle_slices.from_text(text)


def test_tables_of_many_blocks_read_back():
    pairs = [(f"key/{i:06d}".encode(), b"v" * (i % 300)) for i in range(9000)]
    assert list(sorted_table.entries(sorted_table.table(pairs), "t")) == pairs


def test_snappy_literals_and_overlapping_copies():
    # 12 bytes: the literal "ab", then a copy of 10 bytes from 2 bytes before.
    assert snappy.uncompress(bytes([12, 1 << 2, *b"ab", (10 - 4) << 2 | 1, 2])) == b"ab" * 6


@pytest.mark.parametrize("data", [b"", b"\xff" * 8, bytes([12, 4, *b"ab"]), bytes([4, 0, 97, 1, 9])])
def test_damaged_snappy_is_refused(data):
    with pytest.raises(DataLossError):
        snappy.uncompress(data)


# -- what goes wrong -----------------------------------------------------------------------------------


@pytest.fixture
def written(tmp_path):
    prefix = str(tmp_path / "c")
    texts = np.array([b"x", b"yz"], object)
    write(prefix, [Piece("a", np.arange(6.0), dtypes.float64), Piece("s", texts, dtypes.string)])
    return prefix


def test_missing_checkpoints_and_tensors(written, tmp_path):
    with pytest.raises(NotFoundError):
        Bundle(tmp_path / "none")
    with pytest.raises(NotFoundError, match="Key b not found in checkpoint"), Bundle(written) as bundle:
        bundle.read("b")


@pytest.mark.parametrize("name", ["a", "s"])
def test_a_changed_byte_of_data_is_found(written, name):
    path = Path(data_name(written, 0, 1))
    data = bytearray(path.read_bytes())
    data[0 if name == "a" else -1] ^= 1
    path.write_bytes(data)
    with pytest.raises(DataLossError, match="checksum"), Bundle(written) as bundle:
        bundle.read(name)


def test_cut_off_data_is_found(written):
    path = Path(data_name(written, 0, 1))
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(DataLossError, match="outside"), Bundle(written) as bundle:
        bundle.read("a")


def test_every_changed_byte_of_an_index_is_found_or_harmless(written):
    path = Path(f"{written}.index")
    good = path.read_bytes()
    for place in range(len(good)):
        path.write_bytes(good[:place] + bytes([good[place] ^ 255]) + good[place + 1 :])
        try:
            with Bundle(written) as bundle:
                assert list(bundle.entries) == ["a", "s"]  # the padding of the footer means nothing
        except DataLossError:
            continue


def test_a_full_disk_is_told_and_leaves_the_checkpoint_of_before(written, monkeypatch):
    def full(number, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    before = sorted(os.listdir(os.path.dirname(written)))
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(ResourceExhaustedError, match="No space left"):
        write(written, [Piece("a", np.zeros(3), dtypes.float64)])
    monkeypatch.undo()
    assert sorted(os.listdir(os.path.dirname(written))) == before
    with Bundle(written) as bundle:
        np.testing.assert_array_equal(bundle.read("a"), np.arange(6.0))


def test_the_checkpoint_of_before_is_whole_until_the_index_is_renamed(written, monkeypatch):
    real, prefix = os.replace, written

    def stop_at_index(source, target):
        if target.endswith(".index"):
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(os, "replace", lambda a, b: stop_at_index(a, os.fsdecode(b)))
    with pytest.raises(KeyboardInterrupt):
        write(prefix, [Piece("a", np.zeros(3), dtypes.float64)])
    monkeypatch.undo()
    with Bundle(prefix) as bundle:
        np.testing.assert_array_equal(bundle.read("a"), np.arange(6.0))


def test_writing_over_a_checkpoint_leaves_no_old_files(written):
    for i in range(3):
        write(written, [Piece("a", np.full(3, i, np.float64), dtypes.float64)])
    with Bundle(written) as bundle:
        np.testing.assert_array_equal(bundle.read("a"), [2, 2, 2])
        assert len(os.listdir(os.path.dirname(written))) == 1 + bundle.shards


def test_reading_checks_sizes_before_it_allocates(tmp_path):
    write(tmp_path / "c", [Piece("a", np.zeros(1), dtypes.float64)])
    bundle = Bundle(tmp_path / "c")
    entry = bundle.entries["a"]
    bundle.entries["a"] = type(entry)(entry.dtype, (1 << 40,), 0, 0, 8 << 40, 0, ())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(DataLossError), bundle:
        bundle.read("a")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000
