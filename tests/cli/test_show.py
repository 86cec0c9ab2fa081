"""`tapeflow show` on every kind of file, of two, and on files that are damaged."""

import json
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

import tapeflow as tf
from tapeflow.cli.main import main
from tapeflow.core.files.shown import keras_files
from tapeflow.core.files.shown.kinds import describe
from tapeflow.core.files.shown.pages import page

# Keras's own variables, when it saves them.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
CORPUS = Path(__file__).parent.parent / "corpus"
MODEL = str(CORPUS / "savedmodels" / "affine_module")


@pytest.fixture
def shown(capsys):
    """Runs `tapeflow show`; returns its exit code, standard output and standard error."""

    def run(*arguments):
        code = main(["show", *map(str, arguments)])
        return code, *capsys.readouterr()

    return run


@pytest.fixture(scope="module")
def keras_file(tmp_path_factory):
    """A .keras file of a compiled model with a model inside."""
    keras = tf.keras
    x = keras.Input((8,), name="x")
    inside = keras.Sequential([keras.layers.Dense(3, name="inner")], name="sub")
    y = inside(keras.layers.Concatenate()([keras.layers.Dense(4, name="a")(x), x]))
    model = keras.Model(x, y)
    model.compile("adam", "mse")
    path = tmp_path_factory.mktemp("keras") / "model.keras"
    model.save(path)
    return path


# -- one file ----------------------------------------------------------------------------------------


def test_a_saved_model_has_signatures_variables_ops_and_costs(shown):
    code, text, _ = shown(MODEL)
    assert code == 0
    for part in (
        "serving_default(x: float32 (None, 2))", "-> output_0: float32 (None, 3)", "w: float32 [2, 3]",
        "calls: int64 [] (not trainable)", "MatMul 1", "FLOPs: 24 for open sizes of 1", "written by TensorFlow 2.21.0",
    ):  # fmt: skip
        assert part in text


def test_fast_reads_files_only(shown):
    code, text, _ = shown(MODEL, "--fast")
    assert code == 0 and "FLOPs" not in text and "serving_default" in text


def test_graphs_and_checkpoints_are_described(shown):
    _, graph, _ = shown(CORPUS / "graphs" / "dense.pb")
    _, checkpoint, _ = shown(f"{MODEL}/variables/variables.index")
    assert "input x: float32 (None, 3)" in graph
    assert "w/.ATTRIBUTES/VARIABLE_VALUE: float32 [2, 3]" in checkpoint


@pytest.mark.parametrize("name", ["keras3_adam", "saver_v1", "slices_and_shards", "all_dtypes"])
def test_every_checkpoint_of_the_corpus_is_described(name):
    found = describe(CORPUS / "checkpoints" / name)
    assert found.kind == "checkpoint" and found.variables


@pytest.mark.parametrize("path", sorted((CORPUS / "savedmodels").glob("*/saved_model.pb")), ids=lambda p: p.parent.name)
def test_every_saved_model_of_the_corpus_is_described(path):
    found = describe(path.parent)
    assert found.ops and set(found.work) <= set(found.signatures)
    assert all(picture if isinstance(picture, str) else picture.svg for picture in found.pictures().values())


def test_records_are_counted_and_their_features_listed(shown, tmp_path):
    with tf.io.TFRecordWriter(str(tmp_path / "a.tfrecord")) as writer:
        for i in range(5):
            feature = {
                "x": tf.train.Feature(float_list=tf.train.FloatList(value=[0.5 * i, -1.0])),
                "n": tf.train.Feature(int64_list=tf.train.Int64List(value=range(i))),
            }
            if i == 0:
                feature["rare"] = tf.train.Feature(bytes_list=tf.train.BytesList(value=[b"abc"]))
            writer.write(tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString())
    code, text, _ = shown(tmp_path / "a.tfrecord")
    assert code == 0 and "5 records" in text
    assert "x: float, 2 values, from -1 to 2" in text
    assert "n: int64, 0 to 4 values, from 0 to 3" in text
    assert "rare: bytes, 1 value, 3 bytes each, in 1 of 5" in text


@pytest.mark.parametrize("compression", ["", "GZIP", "ZLIB"])
def test_records_that_are_no_examples_are_counted(shown, tmp_path, compression):
    with tf.io.TFRecordWriter(str(tmp_path / "records"), compression) as writer:
        writer.write(b"\xff\xff")
        writer.write(b"")
    code, text, _ = shown(tmp_path / "records")
    assert code == 0 and "2 records, 2 B together" in text and "no Examples" in text
    assert (f"compressed with {compression}" in text) is bool(compression)


def test_a_record_file_that_is_cut_off_says_so(shown, tmp_path):
    with tf.io.TFRecordWriter(str(tmp_path / "records")) as writer:
        writer.write(b"one")
        writer.write(b"two")
    content = (tmp_path / "records").read_bytes()
    (tmp_path / "records").write_bytes(content[:-3])
    code, text, _ = shown(tmp_path / "records")
    assert code == 0 and "1 records" in text and "damaged after these: truncated record" in text


def test_keras_files_have_layers_arrays_and_a_call(shown, keras_file):
    code, text, _ = shown(keras_file)
    assert code == 0
    for part in ("Functional", "call(x: float32 (None, 8))", "sub/inner: Dense for [?, 12]", "float32 [12, 3] (inner)"):
        assert part in text
    assert "optimizer Adam, loss mse" in text


def test_weights_files_and_safetensors_are_described(shown, keras_file, tmp_path):
    with zipfile.ZipFile(keras_file) as archive:
        (tmp_path / "model.weights.h5").write_bytes(archive.read("model.weights.h5"))
    assert "layers/dense/vars/0: float32 [8, 4] (a)" in shown(tmp_path / "model.weights.h5")[1]
    tf.train.Checkpoint(v=tf.Variable([1.0, 2.0])).write(str(tmp_path / "a.safetensors"))
    assert "v: float32 [2]" in shown(tmp_path / "a.safetensors")[1]


def test_whole_models_in_hdf5_have_layers(shown, tmp_path):
    keras = tf.keras
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="last")])
    legacy = {"class_name": "Sequential", "config": model.get_config()}
    with h5py.File(tmp_path / "model.h5", "w") as file:
        file.attrs["model_config"], file.attrs["keras_version"] = json.dumps(legacy), "2.15.0"
        file["model_weights/last/kernel:0"] = np.ones((3, 2), np.float32)
    code, text, _ = shown(tmp_path / "model.h5")
    assert code == 0 and "written by Keras 2.15.0" in text and "last: Dense" in text
    assert "model_weights/last/kernel:0: float32 [3, 2]" in text


def test_groups_that_hold_themselves_and_arrays_elsewhere_are_harmless(shown, tmp_path):
    (tmp_path / "secret").write_bytes(bytes(8))
    with h5py.File(tmp_path / "a.h5", "w") as file:
        group = file.create_group("group")
        group["again"] = group
        group["once more"] = file
        file["outside"] = h5py.ExternalLink("other.h5", "/x")
        file.create_dataset("foreign", (8,), np.uint8, external=str(tmp_path / "secret"))
        file["own"] = np.arange(3)
    code, text, _ = shown(tmp_path / "a.h5")
    assert code == 0 and "arrays: 2" in text and "foreign: uint8 [8] (in another file)" in text
    assert [v.read is None for v in describe(tmp_path / "a.h5").variables] == [True, False]


def test_programs_are_described(shown, tmp_path):
    spec = [tf.TensorSpec([None, 3], tf.float32)]
    weight = tf.Variable(tf.ones([3, 2]))
    tf.export.to_stablehlo(lambda x: x @ weight, tmp_path / "program", spec)
    tf.export.to_onnx(lambda x: x @ weight, str(tmp_path / "model.onnx"), spec)
    text = shown(tmp_path / "program")[1]
    assert "x: float32[batch, 3]" in text and "stablehlo.dot_general 1" in text and "FLOPs: 12" in text
    text = shown(tmp_path / "model.onnx")[1]
    assert "x: float32 [batch, 3]" in text and "MatMul 1" in text and "float32 [3, 2]" in text


# -- pictures ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [MODEL, CORPUS / "graphs" / "recurrent.pb", CORPUS / "checkpoints/keras3_adam/ckpt-1"])
def test_graphs_are_drawn(shown, tmp_path, path):
    assert shown(path, "--svg", tmp_path / "a.svg", "--html", tmp_path / "a.html")[0] == 0
    boxes = ElementTree.parse(tmp_path / "a.svg").findall(".//{http://www.w3.org/2000/svg}rect")
    assert len(boxes) > 2
    page = (tmp_path / "a.html").read_text()
    assert page.startswith("<!DOCTYPE html>") and "<svg" in page and "<script" not in page


def test_large_graphs_are_drawn_by_their_scopes():
    from tapeflow.core.graph.drawing import overview

    nodes = [(f"block_{i // 30}/op_{i}", "Relu") for i in range(900)]
    svg = overview(nodes, [(i, i + 1) for i in range(899)], range(900), "big").svg
    assert "block_29" in svg and "30 ops" in svg
    with pytest.raises(ValueError, match="without scopes"):
        overview([(f"op_{i}", "Relu") for i in range(900)], [], range(900), "big")


def test_large_saved_models_are_drawn_by_their_scopes(tmp_path):
    class Deep(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="x")])
        def __call__(self, x):
            for i in range(40):
                with tf.name_scope(f"block_{i}"):
                    for _ in range(10):
                        x = tf.tanh(x)
            return x

    module = Deep()
    tf.saved_model.save(module, tmp_path / "model", module.__call__)
    svg = describe(tmp_path / "model", deep=False).pictures()["serving_default"].svg
    assert "block_39" in svg and "10 ops" in svg and "argument" in svg


def test_names_cannot_break_out_of_the_page(tmp_path):
    tf.train.Checkpoint(**{"<script>": tf.Variable(1.0)}).write(str(tmp_path / "c"))
    assert "<script>" not in page(describe(tmp_path / "c"))


def test_what_has_no_graph_is_not_drawn(shown, tmp_path):
    tf.train.Checkpoint(v=tf.Variable([1.0])).write(str(tmp_path / "a.safetensors"))
    code, _, error = shown(tmp_path / "a.safetensors", "--svg", tmp_path / "a.svg")
    assert code == 1 and "no graph to draw" in error and not (tmp_path / "a.svg").exists()


# -- two files -----------------------------------------------------------------------------------------


def test_two_that_are_equal_do_not_differ(shown):
    assert shown(MODEL, MODEL) == (0, "no difference\n", "")


def test_two_models_differ_in_signatures_variables_and_ops(shown):
    _, text, _ = shown(MODEL, CORPUS / "savedmodels" / "custom_gradient")
    assert "w: [2, 3] → [3]" in text and "- b: float32 [3]" in text and "MatMul: 1 → 0" in text
    assert "+ serving_default takes x: float32 (3,)" in text


def test_values_are_compared_also_across_kinds(shown, tmp_path):
    objects = tf.train.Checkpoint(a=tf.Variable([1.0, 2.0]), b=tf.Variable([3]))
    objects.write(str(tmp_path / "old"))
    objects.write(str(tmp_path / "same.safetensors"))
    objects.a.assign([1.0, 2.5])
    objects.write(str(tmp_path / "new"))
    _, text, _ = shown(tmp_path / "old", tmp_path / "new")
    assert "1 of 2 values differ, by 0.5 at most, 0.224 relative" in text and "b/" not in text
    _, text, _ = shown(tmp_path / "old", tmp_path / "same.safetensors")
    assert text.splitlines()[2:] == ["  kind: checkpoint → safetensors"]


def test_arrays_of_other_names_are_found_by_their_values(shown, tmp_path, keras_file):
    tf.keras.models.load_model(keras_file, compile=False).export(str(tmp_path / "model"), verbose=False)
    _, text, _ = shown(tmp_path / "model", keras_file, "--fast")
    assert "+ layers/dense/vars/0" not in text and "+ optimizer/vars/0" in text


def test_shapes_and_dtypes_that_changed_are_named(tmp_path):
    from tapeflow.core.files.shown.difference import difference

    tf.train.Checkpoint(v=tf.Variable([1.0, 2.0]), w=tf.Variable(1)).write(str(tmp_path / "a"))
    tf.train.Checkpoint(v=tf.Variable([[1.0]]), w=tf.Variable(1.0)).write(str(tmp_path / "b"))
    lines = difference(describe(tmp_path / "a"), describe(tmp_path / "b"))
    assert any("[2] → [1, 1]" in line for line in lines) and any("int32 → float32" in line for line in lines)


def test_not_a_number_equals_itself():
    from tapeflow.core.files.shown.difference import _value_difference

    x = np.array([np.nan, np.inf, 1.0])
    assert _value_difference(x, x.copy()) == []
    assert "1 of 3 values differ" in _value_difference(x, np.array([np.nan, np.inf, 2.0]))[0]


# -- what is not there, or damaged ---------------------------------------------------------------------


def test_what_is_not_there_or_not_known_is_said(shown, tmp_path):
    assert "there is no nowhere" in shown("nowhere")[2]
    (tmp_path / "a.txt").write_text("words")
    code, _, error = shown(tmp_path / "a.txt")
    assert code == 1 and "nothing that is known" in error


@pytest.mark.parametrize("name", ["a.keras", "a.weights.h5", "a.onnx", "a.pb", "a.safetensors", "program"])
def test_damaged_files_end_in_a_sentence(shown, tmp_path, name, keras_file):
    heads = {"a.keras": b"PK\x03\x04", "a.weights.h5": b"\x89HDF\r\n\x1a\n", "program": b"TAPEFLOW"}
    random = np.random.default_rng(1)
    for size in (0, 1, 200):
        (tmp_path / name).write_bytes(heads.get(name, b"\xff\xff\xff") + random.bytes(size) + heads.get(name, b""))
        code, _, error = shown(tmp_path / name)
        assert code == 1 and error.startswith("show: ")


def test_texts_that_unfold_without_end_are_refused(shown, tmp_path, monkeypatch):
    monkeypatch.setattr(keras_files, "_LARGEST_TEXT", 1000)
    with zipfile.ZipFile(tmp_path / "a.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", " " * 1001)
    code, _, error = shown(tmp_path / "a.keras")
    assert code == 1 and "unfolds to" in error


def test_models_in_models_without_end_are_refused(shown, tmp_path):
    config = {}
    for _ in range(200):
        config = {"config": {"layers": [config]}}
    with zipfile.ZipFile(tmp_path / "a.keras", "w") as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", json.dumps(config))
    code, _, error = shown(tmp_path / "a.keras", "--fast")
    assert code == 1 and "deep" in error


def mutated(content, random):
    """The content, cut off or with some bytes changed."""
    if random.random() < 0.2:
        return content[: random.integers(len(content))]
    content = bytearray(content)
    for _ in range(random.integers(1, 8)):
        content[random.integers(len(content))] = random.integers(256)
    return bytes(content)


@pytest.mark.parametrize("name", ["graph.pb", "records", "a.onnx", "a.keras", "a.h5", "a.safetensors", "program"])
def test_mutations_never_end_in_another_error(tmp_path, keras_file, name):
    with zipfile.ZipFile(keras_file) as archive:
        (tmp_path / "a.h5").write_bytes(archive.read("model.weights.h5"))
    (tmp_path / "a.keras").write_bytes(keras_file.read_bytes())
    (tmp_path / "graph.pb").write_bytes((CORPUS / "graphs" / "branches.pb").read_bytes())
    with tf.io.TFRecordWriter(str(tmp_path / "records")) as writer:
        feature = {"x": tf.train.Feature(float_list=tf.train.FloatList(value=[1.0]))}
        writer.write(tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString())
    spec = [tf.TensorSpec([None, 2], tf.float32)]
    tf.export.to_stablehlo(lambda x: x * 2.0, tmp_path / "program", spec, vjp_order=0)
    tf.export.to_onnx(lambda x: x * 2.0, str(tmp_path / "a.onnx"), spec)
    tf.train.Checkpoint(v=tf.Variable([1.0, 2.0])).write(str(tmp_path / "a.safetensors"))
    content, random = (tmp_path / name).read_bytes(), np.random.default_rng(5)
    for _ in range(100):
        (tmp_path / name).write_bytes(mutated(content, random))
        try:
            page(describe(tmp_path / name))
        except (tf.errors.OpError, OSError, ValueError) as error:
            assert str(error)
