"""The user's line: which frame counts, and how it reads."""

import functools
import linecache

from tapeflow.core.base import source


def here():
    return source.user_line()


def test_line_is_the_callers():
    line = here()
    assert line.file == __file__
    assert line.function == "here"
    assert line.text == "return source.user_line()"


def test_line_is_found_through_the_standard_library():
    line = functools.reduce(lambda a, b: source.user_line(), [1, 2])
    assert line.file == __file__
    assert "functools.reduce" in line.text


def test_text_of_a_cell_comes_from_linecache():
    name, text = "<ipython-input-1>", "place = source.user_frame()\n"
    linecache.cache[name] = (len(text), None, [text], name)
    try:
        scope = {"source": source}
        exec(compile(text, name, "exec"), scope)
        assert str(source.resolve(scope["place"])) == "<ipython-input-1>:1: place = source.user_frame()"
    finally:
        del linecache.cache[name]


def test_line_without_source_has_no_text():
    scope = {"source": source}
    exec(compile("\n\nplace = source.user_frame()", "<nowhere>", "exec"), scope)
    assert str(source.resolve(scope["place"])) == "<nowhere>:3"


def test_frames_of_keras_are_passed_over():
    scope = {"source": source}
    exec(
        compile("def call(): return source.user_line()", "/x/site-packages/keras/src/layer.py", "exec"), scope
    )
    assert scope["call"]().file == __file__


def test_nothing_resolves_to_nothing():
    assert source.resolve(None) is None


def test_place_keeps_no_frame_alive():
    place = source.user_frame()
    assert [type(part).__name__ for part in place] == ["code", "int"]
