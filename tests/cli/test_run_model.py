"""`tapeflow run-model`."""

from pathlib import Path

import numpy as np

from tapeflow.cli.main import main

CORPUS = Path(__file__).parent.parent / "corpus"
MODEL = str(CORPUS / "savedmodels" / "affine_module")


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
