"""Damaged and hostile SavedModels end in an error, soon: never a crash, never a file outside the model's folder."""

import os
import random
import shutil
import time

import numpy as np
import pytest

import tapeflow as tf
from tapeflow.core.base.messages import message

# What loading or calling a damaged model may raise: TensorFlow's errors, and Python's for arguments that do not fit.
ERRORS = (tf.errors.OpError, OSError, ValueError, TypeError, LookupError, AssertionError)
SECONDS = 10  # on a machine that does other things as well


class Small(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
        self.list = [tf.Variable(1.0), {"k": tf.Variable([2])}]
        keys = tf.lookup.KeyValueTensorInitializer(["a", "b"], [1.0, 2.0])
        self.table = tf.lookup.StaticHashTable(keys, -1.0)

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="x")])
    def __call__(self, x):
        y = tf.matmul(x, self.w)
        for _ in tf.range(3):
            y = tf.cond(tf.reduce_sum(y) > 10.0, lambda y=y: y * 0.5, lambda y=y: y + self.list[0])
        return y + self.table.lookup(tf.constant(["a"]))


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("fuzz") / "model"
    tf.saved_model.save(Small(), path)
    return path


def used(path):
    """Loads a model and calls what it has; whatever it raises must be one of `ERRORS`."""
    start = time.monotonic()
    try:
        loaded = tf.saved_model.load(path)
        signatures = getattr(loaded, "signatures", None)
        for function in signatures.values() if isinstance(signatures, dict) else ():
            function(x=tf.ones([1, 2]))
        if callable(loaded):
            loaded(tf.ones([1, 2]))
    except ERRORS:
        pass
    assert time.monotonic() - start < SECONDS


def copied(model, tmp_path):
    target = tmp_path / "copy"
    if target.exists():
        shutil.rmtree(target)
    return shutil.copytree(model, target)


def changed(path, change):
    """Applies `change` to the message of a model."""
    file = path / "saved_model.pb"
    proto = message("SavedModel").FromString(file.read_bytes())
    change(proto.meta_graphs[0])
    file.write_bytes(proto.SerializeToString())


# -- made by hand ----------------------------------------------------------------------------------


def _path_traversal(meta):
    meta.asset_file_def.add(filename="../../../etc/passwd")
    node = meta.object_graph_def.nodes.add()
    node.asset.asset_file_def_index = 0


def _cycle_of_nodes(meta):
    function = max(meta.graph_def.library.function, key=lambda f: len(f.node_def))
    nodes = [node for node in function.node_def if node.input][:2]
    nodes[0].input[0] = nodes[1].input[0] = f"{nodes[0].name}:output:0"


def _recursion(meta):
    for function in meta.graph_def.library.function:
        for node in function.node_def:
            if "f" in node.attr:
                node.attr["f"].func.name = function.signature.name


def _huge_constant(meta):
    for function in meta.graph_def.library.function:
        for node in function.node_def:
            if node.op == "Const":
                del node.attr["value"].tensor.tensor_shape.dim[:]
                node.attr["value"].tensor.tensor_shape.dim.add(size=1 << 40)


def _cyclic_objects(meta):
    nodes = meta.object_graph_def.nodes
    for i, node in enumerate(nodes):
        node.children.add(node_id=0, local_name="root")
        node.children.add(node_id=i, local_name="me")


def _out_of_range(meta):
    meta.object_graph_def.nodes[0].children.add(node_id=1 << 30, local_name="far")


def _dunder(meta):
    meta.object_graph_def.nodes[0].children.add(node_id=0, local_name="__class__")


def _deep_structure(meta):
    for function in meta.object_graph_def.concrete_functions.values():
        value = function.output_signature
        value.Clear()
        for _ in range(60):
            value = value.list_value.values.add()
        value.none_value.SetInParent()


def _long_list(meta):
    for node in meta.object_graph_def.nodes:
        if node.user_object.identifier == "trackable_list_wrapper":
            node.children.add(node_id=node.children[0].node_id, local_name="99999999")


def _exponential_calls(meta):
    """Thirty functions that each call the next one twice."""
    library = meta.graph_def.library
    for i in range(30):
        function = library.function.add()
        function.signature.name = f"f{i}"
        function.signature.input_arg.add(name="x", type=1)
        function.signature.output_arg.add(name="y", type=1)
        for k in range(2):
            node = function.node_def.add(name=f"n{k}", op="PartitionedCall" if i < 29 else "Identity")
            node.input.append("x" if not k else "n0:output:0")
            if i < 29:
                node.attr["f"].func.name = f"f{i + 1}"
                node.attr["Tin"].list.type.append(1)
                node.attr["Tout"].list.type.append(1)
            else:
                node.attr["T"].type = 1
        function.ret["y"] = "n1:output:0"
    _call_first(meta, "f0")


def _exponential_branches(meta):
    """Thirty functions, each with an If of the next one in both branches."""
    library = meta.graph_def.library
    for i in range(30):
        function = library.function.add()
        function.signature.name = f"f{i}"
        function.signature.input_arg.add(name="x", type=1)
        function.signature.output_arg.add(name="y", type=1)
        node = function.node_def.add(name="n", op="StatelessIf" if i < 29 else "Identity")
        node.input.extend(["x", "x"] if i < 29 else ["x"])
        if i < 29:
            node.attr["then_branch"].func.name = node.attr["else_branch"].func.name = f"f{i + 1}"
            node.attr["Tcond"].type = 1
            node.attr["Tin"].list.type.append(1)
            node.attr["Tout"].list.type.append(1)
        else:
            node.attr["T"].type = 1
        function.ret["y"] = "n:output:0"
    _call_first(meta, "f0")


def _call_first(meta, name):
    """Has every matrix product be a call of a function instead."""
    for function in meta.graph_def.library.function:
        for node in function.node_def:
            if node.op == "MatMul":
                del node.input[1:]
                node.op = "PartitionedCall"
                node.attr["f"].func.name = name
                node.attr["Tin"].list.type.append(1)
                node.attr["Tout"].list.type.append(1)


CHANGES = [
    _path_traversal, _cycle_of_nodes, _recursion, _huge_constant, _cyclic_objects, _out_of_range, _dunder,
    _deep_structure, _long_list, _exponential_calls, _exponential_branches,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_hostile_models_end_in_an_error_soon(change, model, tmp_path):
    path = copied(model, tmp_path)
    changed(path, change)
    used(path)


@pytest.mark.parametrize(
    ("change", "text"),
    [(_path_traversal, "outside"), (_out_of_range, "no object"), (_dunder, "__class__"), (_long_list, "items")],
)
def test_hostile_models_are_refused(change, text, model, tmp_path):
    path = copied(model, tmp_path)
    changed(path, change)
    with pytest.raises(tf.errors.InvalidArgumentError, match=text):
        tf.saved_model.load(path)


# -- by chance -------------------------------------------------------------------------------------


def mutated(data, draw):
    """Bytes with a few bits flipped, a part cut out, or a part written over."""
    data = bytearray(data)
    kind = draw.randrange(4)
    if kind == 0:
        for _ in range(draw.randint(1, 8)):
            data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    elif kind == 1:
        del data[draw.randrange(len(data)) :]
    elif kind == 2:
        start = draw.randrange(len(data))
        data[start : start + draw.randint(1, 16)] = bytes(draw.choices([0, 1, 127, 128, 255], k=8))
    else:
        start = draw.randrange(len(data))
        del data[start : start + draw.randint(1, 64)]
    return bytes(data)


def rounds(model, tmp_path, count, seed):
    draw = random.Random(seed)
    files = ["saved_model.pb"] * 8 + ["variables/variables.index", "variables/variables.data-00000-of-00001"]
    path = copied(model, tmp_path)
    kept = {name: (path / name).read_bytes() for name in set(files)}
    outside = sorted(os.listdir(tmp_path))
    for _ in range(count):
        name = draw.choice(files)
        (path / name).write_bytes(mutated(kept[name], draw))
        with np.errstate(all="ignore"):
            used(path)
        (path / name).write_bytes(kept[name])
    assert sorted(os.listdir(tmp_path)) == outside


def test_mutations_end_in_an_error_or_a_result(model, tmp_path):
    rounds(model, tmp_path, 60, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_thousands_of_mutations_end_in_an_error_or_a_result(seed, model, tmp_path):
    rounds(model, tmp_path, 1500, seed=100 + seed)
