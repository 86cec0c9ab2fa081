"""Round after round of fit, predict, save and load leaves nothing behind: `benchmarks/soak_keras.py`, shortly."""

import collections
import gc
import importlib.util
import io
from pathlib import Path

import pytest

pytestmark = pytest.mark.filterwarnings("default")  # Keras's own


@pytest.fixture(scope="module")
def soak():
    place = Path(__file__).parents[2] / "benchmarks" / "soak_keras.py"
    spec = importlib.util.spec_from_file_location("soak_keras", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def held():
    """How many objects of ours and of Keras there are, by class."""
    gc.collect()
    kinds = [type(x) for x in gc.get_objects()]
    names = ("tapeflow", "tensorflow", "keras")
    return collections.Counter(kind for kind in kinds if str(kind.__module__).split(".")[0] in names)


@pytest.mark.slow
def test_rounds_leave_no_objects_threads_or_files(soak, tmp_path):
    kinds = [soak.perceptron, soak.convolutional, soak.recurrent]
    for seed, kind in enumerate(kinds):
        soak.one_round(kind, seed, tmp_path)
    before, use = held(), soak.Use.now()
    for seed, kind in enumerate(kinds):
        soak.one_round(kind, seed + 10, tmp_path)
    grown = held() - before
    assert {kind.__name__: n for kind, n in grown.items() if n > 2} == {}
    now = soak.Use.now()
    assert (now.threads, now.files) == (use.threads, use.files)


@pytest.mark.slow
def test_a_soak_reports_what_the_process_holds(soak):
    text = io.StringIO()
    noted = soak.soak(4.0, report_every=1.0, out=text)
    assert len(text.getvalue().splitlines()) == len(noted)
    assert noted[-1][0] >= 4.0
    assert noted[-1][1].threads > 0


def test_growth_is_counted_from_the_end_of_the_first_third(soak):
    uses = [soak.Use(100.0 + 50 * (i < 3) + i, 7, 5 + i // 9) for i in range(10)]
    noted = [(float(i), use) for i, use in enumerate(uses)]
    assert soak.growth(noted) == (6.0, 0, 1)
