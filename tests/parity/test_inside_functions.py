"""Recorded cases inside a `tf.function` whose arguments are the case's constants: captured, interpreted, compiled.

Only cases that TensorFlow answers with tensors are replayed. What cannot run in any function, TensorFlow's included, is
told by the error (a case that asks a symbol for its value, makes variables, returns other things) or is listed here.
"""

import re
import traceback

import pytest

import tapeflow as tf
from tests.parity.case import Case, families
from tests.parity.compare import difference, is_error
from tests.parity.describe import describe
from tests.parity.differences import meant
from tests.parity.play import family_of, golden, unanswered

pytestmark = pytest.mark.filterwarnings("ignore")
CALLS = 3  # the third is compiled
SAMPLE = 41

# Families that are about what happens outside of functions, or that make functions themselves.
ELSEWHERE = frozenset("""
    autograph_branches autograph_calls autograph_for autograph_while compat_v1 constant control data_functions
    data_orders data_pipelines devices distribute dtypes errors forward function graph_gradients io_files io_gfile nest
    pickling queues random_numbers raw_dataset raw_state raw_summaries raw_training specs tape tensor tensor_shape train
    variable
""".split())
# Names of cases, or starts of them, and why they are not replayed.
LISTED: dict[str, str] = {
    "image/random_": "draws anew at each call",
    "image_boxes/SampleDistortedBoundingBox": "draws anew at each call",
    "image_boxes/sample/": "draws anew at each call",
    "nn_conv/conv3d/dtype/float16": "the compiler adds up halves in another order",
    "image/convert_image_dtype/float16/uint16/False": "casts infinity to whole numbers, which is undefined",
    "image/convert_image_dtype/float16/int32": "casts infinity to whole numbers, which is undefined",
    "image/convert_image_dtype/float16/int64": "casts infinity to whole numbers, which is undefined",
    "linear_operators_more/conjugate_gradient/residual": "what is left over is rounding",
    "raw_more/flow/exit": "functions are not built of single ops of loops: an UnimplementedError says so",
    "nn/log_softmax/bfloat16": "the compiler rounds to bfloat16 in other places",
    "top/print/": "prints when it runs; the case reads before",
}
# What a case of its own making meets in a function, by error and words.
OF_THE_CASE = (
    (ValueError, "tf.function only supports singleton tf.Variables"),
    (TypeError, "must return zero or more Tensors"),
    (TypeError, "unsupported operand type(s) for *: 'NoneType' and 'int'"),  # counts with an unknown size
)
ASKS_FOR_VALUES = (AttributeError, NotImplementedError, TypeError, tf.errors.OperatorNotAllowedInGraphError)


class Given:
    """`tf`, but constants are noted, and then replaced by the symbols that a function has for them."""

    def __init__(self):
        self.values, self._symbols = [], None

    def __getattr__(self, name):
        return getattr(tf, name)

    def constant(self, *args, **kwargs):
        """`tf.constant`, or the symbol that stands for what it gave."""
        value = tf.constant(*args, **kwargs)
        if value.dtype in (tf.variant, tf.resource):
            return value
        if self._symbols is None:
            self.values.append(value)
            return value
        return next(self._symbols)

    def through(self, symbols):
        """From now on constants are these symbols."""
        self._symbols = iter(symbols)


def tensors_only(tree):
    """Whether the recorded tree holds nothing but tensors: a function makes tensors of Python values."""
    if isinstance(tree, list):
        return all(map(tensors_only, tree))
    if not isinstance(tree, dict) or tree.keys() & {"variable", "numpy", "fact", "type", "float", "complex", "bytes"}:
        return tree is None
    if "tensor" in tree:
        return "values" in tree
    return all(
        tensors_only([part for _, part in value] if key in ("parts", "dict") else value)
        for key, value in tree.items() if key not in ("composite", "named", "fields")
    )  # fmt: skip


def is_replayed(case: Case):
    family = family_of(case)
    recorded = golden(family).get(case.name)
    listed = any(case.name.startswith(start) for start in LISTED)
    return not (
        family in ELSEWHERE or recorded is None or unanswered(case) or is_error(recorded) or meant(case.name) or listed
    ) and tensors_only(recorded)  # fmt: skip


CASES = [case for family in families().values() for case in family.cases.values() if is_replayed(case)]
SOME = [
    pytest.param(case, id=case.name, marks=[] if i % SAMPLE == 0 else pytest.mark.slow) for i, case in enumerate(CASES)
]


def is_of_the_case(error):
    """Whether the error is about what the case does, not about what TapeFlow does."""
    text = re.sub(r"\s+", " ", str(error))
    if any(isinstance(error, kind) and words in text for kind, words in OF_THE_CASE):
        return True
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    ours = [name for name in files if "tapeflow" in name.split("/src/")[-1] and not name.endswith("values/symbol.py")]
    asked = next((name for name in reversed(files) if "/tests/parity/" in name or name in ours), "")
    return isinstance(error, ASKS_FOR_VALUES) and "symbol" in text.lower() and "/tests/parity/" in asked


@pytest.mark.parametrize("case", SOME)
def test_answers_the_same_inside_a_function(case: Case):
    given = Given()
    case.function(given, *case.args)

    def body(*symbols):
        given.through(symbols)
        return case.function(given, *case.args)

    function = tf.function(body, autograph=False)
    recorded = golden(family_of(case))[case.name]
    try:
        for call in range(CALLS):
            wrong = difference(case, recorded, describe(function(*given.values)))
            assert not wrong, f"call {call + 1}: {wrong}"
    except Exception as error:
        if is_of_the_case(error):
            pytest.skip(f"the case cannot run in a function: {str(error)[:80]}")
        raise
