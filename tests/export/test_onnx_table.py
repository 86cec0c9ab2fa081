"""The table of ops that ONNX files can have, the documentation's copy of it, and that each op in it is tried."""

from pathlib import Path

import pytest

import tapeflow as tf
from tapeflow.core.files.onnx import complexes, families
from tapeflow.core.files.onnx.conversion import Conversion
from tapeflow.core.files.onnx.table import converters
from tests.export.onnx_cases import CASES
from tests.export.onnx_models import MODELS, made

DOCUMENT = Path(__file__).parents[2] / "docs" / "export.md"
# What only loaded files have, see `test_tensorflows_saved_models_run`, or needs a newer opset than the default.
ELSEWHERE = {"If", "While", "Case", "StaticRegexFullMatch", "StringJoin"}


def test_documentation_has_the_table():
    written = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert written[-len(families.FAMILIES) :] == families.rows()


def test_every_op_has_a_family():
    listed = {op for module in families.FAMILIES.values() for op in families.ops_of(module)}
    assert listed == set(converters) | set(complexes.complex_ops)


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # Keras's own
def test_every_op_of_the_table_is_tried(monkeypatch):
    tried = set()
    convert = Conversion._converted

    def noted(self, node, *rest):
        found = convert(self, node, *rest)
        tried.add(node.type)
        return found

    monkeypatch.setattr(Conversion, "_converted", noted)
    for function, specs in CASES.values():
        tf.export.to_onnx(tf.function(function), input_signature=specs, check=False)
    for name in MODELS:
        tf.export.to_onnx(made(name), check=False)
    assert set(converters) - tried - ELSEWHERE == set()
