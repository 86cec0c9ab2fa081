import linecache

from tapeflow.cli.failure import describe, user_places


def failure_of(source, name="program.py"):
    """The error that a program raises, its lines known under `name`."""
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    try:
        exec(compile(source, name, "exec"), {})
    except Exception as error:
        return error.with_traceback(error.__traceback__.tb_next)
    raise AssertionError("the program does not fail")


def test_innermost_line_of_the_user_comes_first():
    error = failure_of("def f(x):\n    return 1 / x\n\nf(0)\n")
    assert describe(error).splitlines() == [
        "program.py, line 2, in f:",
        "    return 1 / x",
        "ZeroDivisionError: division by zero",
        "called from program.py, line 4: f(0)",
    ]


def test_lines_of_libraries_are_left_out():
    error = failure_of("import json\njson.loads('{')\n")
    assert [place.line for place in user_places(error.__traceback__)] == [2]


def test_lines_of_tapeflow_are_left_out():
    error = failure_of("import tapeflow as tf\ntf.no_such_name\n")
    assert describe(error).splitlines()[:2] == ["program.py, line 2:", "    tf.no_such_name"]


def test_notes_and_cause_are_told():
    error = failure_of(
        "try:\n    [][0]\nexcept IndexError as e:\n    new = ValueError('empty')\n"
        "    new.add_note('try: one item')\n    raise new from e\n"
    )
    assert describe(error).splitlines()[2:] == [
        "ValueError: empty",
        "try: one item",
        "caused by IndexError: list index out of range",
    ]


def test_syntax_error_points_at_the_place():
    text = describe(failure_of("exec('x = )')\n"))
    assert text.splitlines()[1:] == ["    x = )", "        ^", "SyntaxError: unmatched ')'"]


def test_error_without_any_line_is_still_told():
    assert describe(ValueError("why")) == "ValueError: why"
