"""A graph that TensorFlow wrote with queues, stages, maps, recurrent blocks; and with what a file may not do."""

from pathlib import Path

import numpy as np
import pytest

import tapeflow as tf

DATA = (Path(__file__).parents[2] / "corpus" / "raw_ops" / "state.pb").read_bytes()
REFUSED = {"pf", "csw"}


def _without(names):
    """The graph without these nodes and what takes something from them."""
    definition = tf.compat.v1.GraphDef.FromString(DATA)
    kept = [node for node in definition.node if node.name not in names
            and not names.intersection(text.lstrip("^").split(":")[0] for text in node.input)]  # fmt: skip
    del definition.node[:]
    definition.node.extend(kept)
    return definition


def _function(definition, results):
    def body(x):
        return tf.compat.v1.import_graph_def(definition, {"x": x}, results, name="")

    return tf.compat.v1.wrap_function(body, [tf.TensorSpec([], tf.int32)])


def test_queues_maps_and_blocks_of_a_file_run():
    run = _function(_without(REFUSED), ["s:0", "d:0", "lk:0", "y:0"])
    for number in (5, 6):
        size, taken, found, h = run(tf.constant(number))
        assert (int(size), int(taken), int(found)) == (1, number, number)
        assert h.shape == [3, 1, 1]
        np.testing.assert_array_equal(h[2], [[0.0]])


@pytest.mark.parametrize(("name", "words"), [("pf", "Python function"), ("csw", "opens a file")])
def test_code_and_files_of_a_file_are_refused(name, words):
    with pytest.raises(tf.errors.UnimplementedError, match=words):
        _function(_without(REFUSED - {name}), ["s:0"])
