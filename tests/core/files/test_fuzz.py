"""Damaged and hostile checkpoints end in an error of TensorFlow's, soon and in little memory."""

import os
import random
import resource
import shutil
import struct
import time
from pathlib import Path

import pytest

import tapeflow as tf
from tapeflow.core.base import sorted_table
from tapeflow.core.base.record_file import masked
from tapeflow.core.track.object_graph import OBJECT_GRAPH_KEY

CORPUS = Path(__file__).parents[2] / "corpus" / "checkpoints"
PREFIXES = [
    "object_based/ckpt-3", "v1_adam_slots/ckpt-1", "slices_and_shards/m", "all_dtypes/ckpt", "saver_v1/model.ckpt-12",
]  # fmt: skip
FINE = (tf.errors.OpError, ValueError)  # ValueError: a shape that does not fit the object


class Net(tf.Module):
    """Objects that some of the checkpoints restore into."""

    def __init__(self):
        super().__init__()
        self.net, self.step = tf.Module(), tf.Variable(0, dtype=tf.int64)
        self.net.pair = [tf.Variable(0, dtype=tf.int64), tf.Variable("")]
        self.table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)


def load(prefix):
    """Reads a checkpoint in every way there is."""
    reader = tf.train.load_checkpoint(prefix)
    for name in reader.get_variable_to_shape_map():
        try:
            reader.get_tensor(name)
        except FINE:
            continue
    tf.train.Checkpoint(Net()).read(prefix).expect_partial()
    if reader.has_tensor(OBJECT_GRAPH_KEY):
        tf.train.CheckpointView(prefix).diff(Net())


def flipped(data, draw):
    """The bytes with some bits changed, a part left out, or a part doubled."""
    data = bytearray(data)
    kind = draw.randrange(4)
    place = draw.randrange(len(data) + 1) if data else 0
    if kind == 0:
        for _ in range(draw.choice([1, 1, 2, 8])):
            if data:
                data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    elif kind == 1:
        del data[place:]
    elif kind == 2:
        data[place:place] = data[place : place + draw.randrange(1, 40)]
    else:
        data[place : place + draw.randrange(1, 10)] = draw.randbytes(draw.randrange(1, 10))
    return bytes(data)


def resigned(index, draw):
    """An index with a changed entry, whose sums are right."""
    pairs = dict(sorted_table.entries(index, "index"))
    key = draw.choice(list(pairs))
    if draw.random() < 0.8:
        pairs[key] = flipped(pairs[key], draw)
    else:
        pairs[flipped(key, draw)] = pairs.pop(key)
    return sorted_table.table(sorted(pairs.items()))


def rewritten(index, draw):
    """An index with a changed block, whose sums are right."""
    place = len(index) - 48
    _, _, place = sorted_table._handle(index, place)
    offset, size, _ = sorted_table._handle(index, place)
    if draw.random() < 0.7:  # the data block before, or the index of blocks
        [(_, handle), *_] = sorted_table._block_entries(index[offset : offset + size], "index")
        offset, size, _ = sorted_table._handle(handle, 0)
    block = bytearray(index[offset : offset + size])
    for _ in range(draw.choice([1, 1, 3])):
        block[draw.randrange(len(block))] = draw.randrange(256)
    stored = bytes(block) + bytes([draw.choice([0, 0, 0, 1])])
    return index[:offset] + stored + struct.pack("<I", masked(stored)) + index[offset + size + 5 :]


def mutate(prefix, draw):
    """Changes one file of a checkpoint."""
    folder = Path(prefix).parent
    index = Path(f"{prefix}.index")
    kind = draw.randrange(4)
    if kind == 0:
        path = draw.choice(sorted(folder.glob(f"{Path(prefix).name}.*")))
        path.write_bytes(flipped(path.read_bytes(), draw))
    elif kind == 1:
        index.write_bytes(resigned(index.read_bytes(), draw))
    elif kind == 2:
        index.write_bytes(rewritten(index.read_bytes(), draw))
    else:
        mutate_graph(prefix, draw)


def mutate_graph(prefix, draw):
    """Changes the object graph, whose sums are right."""
    from tapeflow.core.base.bundle import Bundle
    from tapeflow.core.base.bundle_writer import Piece, write

    with Bundle(prefix) as bundle:
        pieces = [Piece(name, bundle.read(name), entry.dtype) for name, entry in bundle.entries.items()]
    for piece in pieces:
        if piece.name == OBJECT_GRAPH_KEY:
            piece.array[()] = flipped(piece.array[()], draw)
    write(prefix, pieces)


def run(prefix, tmp_path, seeds):
    folder = tmp_path / "fuzz"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused = 0
    for seed in seeds:
        draw = random.Random(seed)
        shutil.copytree(CORPUS / Path(prefix).parent, folder)
        mutate(str(folder / Path(prefix).name), draw)
        begun = time.perf_counter()
        try:
            load(str(folder / Path(prefix).name))
        except FINE:
            refused += 1
        except AssertionError as error:
            raise AssertionError(f"seed {seed}") from error
        assert time.perf_counter() - begun < 1, f"seed {seed}"
        shutil.rmtree(folder)
    assert refused
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda number: None)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_hundred_mutations(prefix, tmp_path):
    run(prefix, tmp_path, range(100))


@pytest.mark.slow
@pytest.mark.parametrize("prefix", PREFIXES)
def test_thousands_of_mutations(prefix, tmp_path):
    run(prefix, tmp_path, range(1000, 5000))


def test_an_object_graph_of_circles_is_walked_once(tmp_path):
    first, second = tf.Module(), tf.Module()
    first.other, second.other, first.me = second, first, first
    first.v = tf.Variable(1.0)
    path = tf.train.Checkpoint(first).write(tmp_path / "c")
    first.v.assign(5.0)
    tf.train.Checkpoint(first).read(path).assert_consumed()
    assert float(first.v) == 1.0
    assert len(tf.train.CheckpointView(path).descendants()) == 3
