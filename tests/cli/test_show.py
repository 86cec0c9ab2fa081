"""`tapeflow show` and `tapeflow run-model`."""

from pathlib import Path

import numpy as np

from tapeflow.cli.main import main

CORPUS = Path(__file__).parent.parent / "corpus"
MODEL = str(CORPUS / "savedmodels" / "affine_module")


def test_show_names_signatures_variables_and_ops(capsys):
    assert main(["show", MODEL]) == 0
    text = capsys.readouterr().out
    assert "serving_default(x: float32 (None, 2))" in text
    assert "-> output_0: float32 (None, 3)" in text
    assert "w: float32 (2, 3)" in text
    assert "calls: int64 () (not trainable)" in text
    assert "MatMul 1" in text


def test_show_describes_graphs_and_checkpoints(capsys):
    assert main(["show", str(CORPUS / "graphs" / "dense.pb")]) == 0
    assert main(["show", f"{MODEL}/variables/variables.index"]) == 0
    text = capsys.readouterr().out
    assert "input x: float32 (None, 3)" in text
    assert "w/.ATTRIBUTES/VARIABLE_VALUE: float32 [2, 3]" in text


def test_show_of_two_is_their_difference(capsys):
    assert main(["show", MODEL, MODEL]) == 0
    assert capsys.readouterr().out == "no difference\n"
    assert main(["show", MODEL, str(CORPUS / "savedmodels" / "custom_gradient")]) == 0
    assert "-    w: float32 (2, 3)" in capsys.readouterr().out


def test_show_says_what_is_not_there(capsys):
    assert main(["show", "nowhere"]) == 1
    assert "there is no nowhere" in capsys.readouterr().err


def test_run_model_prints_or_writes_the_outputs(tmp_path, capsys):
    assert main(["run-model", MODEL, "--inputs", "x=[[1, 2], [3, 4]]"]) == 0
    assert "output_0: float32 [2, 3]" in capsys.readouterr().out
    np.save(tmp_path / "x.npy", np.array([[1, 2], [3, 4]], np.float32))
    out = tmp_path / "y.npz"
    assert main(["run-model", MODEL, "--inputs", f"x={tmp_path / 'x.npy'}", "--out", str(out)]) == 0
    assert np.load(out)["output_0"].shape == (2, 3)


def test_run_model_says_what_the_signature_takes(capsys):
    assert main(["run-model", MODEL, "--inputs", "y=1"]) == 1
    assert "takes (x: float32 (None, 2)); missing: ['x'], unknown: ['y']" in capsys.readouterr().err
    assert main(["run-model", MODEL, "--signature", "other"]) == 1
    assert "there is no signature 'other'" in capsys.readouterr().err
