"""Replays what was recorded from TensorFlow, one test a case."""

import pytest

import tapeflow as tf
from tests.parity.case import Case, families
from tests.parity.differences import meant
from tests.parity.later import LATER, NAMES, is_there
from tests.parity.play import absent, golden, unanswered, verdict

FAMILIES = families()
# Orders are recorded of pipelines that are not meant to be useful.
pytestmark = pytest.mark.filterwarnings("ignore::tapeflow.data.PipelineWarning")
CASES = [case for family in FAMILIES.values() for case in family.cases.values() if not unanswered(case)]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_answers_what_tensorflow_answers(case: Case):
    wrong, error = verdict(case, tf)
    if why := meant(case.name):
        assert wrong, f"agrees with TensorFlow, though differences.py says: {why}"
    elif wrong and absent(error) not in NAMES:
        raise AssertionError(f"{case.name} {wrong}") from error


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_is_recorded_that_is_not_a_case(family):
    assert sorted(golden(family)) == sorted(FAMILIES[family].cases)


@pytest.mark.parametrize(("where", "name"), [(where, name) for where, names in LATER.items() for name in names])
def test_what_is_left_for_later_is_not_there(where, name):
    assert not is_there(where, name), "it is there: take it off later.py"
