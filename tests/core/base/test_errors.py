"""Errors: TensorFlow's form and ours, the layout of the message, what is kept and what is not."""

import gc
import inspect
import pickle
import sys
import weakref

import numpy as np
import pytest

from tapeflow.core.base import errors
from tapeflow.core.base.errors import InvalidArgumentError, NotFoundError, OpError, describe


def lines(error):
    return str(error).splitlines()


def test_tensorflows_form_prints_the_message_alone():
    assert str(InvalidArgumentError(None, None, "words")) == "words"


def test_message_alone_notes_the_users_line():
    error = NotFoundError("no file")
    assert lines(error)[0] == "no file"
    assert lines(error)[1].startswith("  at:  ")
    assert 'NotFoundError("no file")' in lines(error)[1]


def test_parts_stand_below_the_first_line_in_order():
    x = np.zeros((32, 784), np.float32)
    error = InvalidArgumentError("sizes differ", got={"a": x, "axis": 3}, hint="transpose a").complete(
        "MatMul"
    )
    first, got, at, hint = lines(error)
    assert first == "sizes differ [Op:MatMul]"
    assert got == "  got: a float32 [32, 784], axis 3"
    assert at.startswith("  at:  ") and "test_errors.py" in at
    assert hint == "  try: transpose a"


def test_message_leaves_out_what_str_adds():
    assert InvalidArgumentError("words", got={"x": 1}, hint="y").message == "words"


def test_completing_keeps_what_the_error_says_itself():
    error = (
        InvalidArgumentError("words", got={"x": 1}).complete("Inner", {"y": 2}).complete("Outer", {"z": 3})
    )
    assert lines(error)[0] == "words [Op:Inner]"
    assert lines(error)[1] == "  got: x 1"


def test_completing_does_not_say_the_op_twice():
    assert lines(InvalidArgumentError("words [Op:Add]").complete("AddV2"))[0] == "words [Op:Add]"


def test_pickled_error_says_the_same():
    error = InvalidArgumentError("words", got={"x": np.zeros(3)}, hint="y").complete("Add")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is InvalidArgumentError
    assert str(again) == str(error)
    assert again.error_code == errors.INVALID_ARGUMENT


def test_pickled_base_error_keeps_its_code():
    again = pickle.loads(pickle.dumps(OpError(None, None, "words", 8)))
    assert (again.message, again.error_code) == ("words", 8)


def test_error_does_not_keep_its_arguments_alive():
    class Value:
        pass

    value = Value()
    gone = weakref.ref(value)
    error = InvalidArgumentError("words", got={"value": value})
    del value
    gc.collect()
    assert gone() is None
    assert "value Value" in str(error)


def test_every_code_has_its_class():
    for code in range(1, 17):
        cls = errors.exception_type_from_error_code(code)
        assert cls(None, None, "words").error_code == code
        assert errors.error_code_from_exception_type(cls) == code


def test_signature_is_tensorflows():
    assert str(inspect.signature(InvalidArgumentError)) == "(node_def, op, message, *args)"
    assert str(inspect.signature(OpError)) == "(node_def, op, message, error_code, *args)"


def test_subclass_with_a_constructor_of_its_own():
    class Refused(InvalidArgumentError):
        def __init__(self, name):
            super().__init__(None, None, f"{name} is refused")

    assert str(Refused("x")) == "x is refused"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.zeros((2, 3), np.int8), "int8 [2, 3]"),
        (np.float32(2.5), "float32 [] = 2.5"),
        (np.zeros(0), "float64 [0]"),
        (3, "3"),
        (None, "None"),
        ("abc", "'abc'"),
        ("a" * 100, "str of 102 characters"),
        ([1, 2], "[1, 2]"),
        ((np.zeros(2), None), "(float64 [2], None)"),
        (list(range(100)), "list of 100"),
        (np.float32, "<class 'numpy.float32'>"),
        (object(), "object"),
    ],
)
def test_values_are_described_by_type_and_shape(value, text):
    assert describe(value) == text


def test_no_user_frame_no_line():
    code = compile("error = errors.NotFoundError('words')", "<frozen test>", "exec")
    scope = {"errors": errors}
    # Every frame above this one is hidden too, so that nobody is the user.
    error = None
    hidden = compile("exec(code, scope)", "<frozen test>", "exec")
    exec(hidden, {"code": code, "scope": scope})
    error = scope["error"]
    assert error._at is None or error._at[0].co_filename == sys._getframe().f_code.co_filename
