"""An error told from the user's side: their line first, then what went wrong, then how they got there."""

import linecache
import os
import sysconfig
import traceback
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import tapeflow._version

TAPEFLOW = str(Path(tapeflow._version.__file__).parent)
LIBRARIES = tuple(
    folder + os.sep for folder in [TAPEFLOW, *map(sysconfig.get_path, ("stdlib", "purelib", "platlib"))]
)


class Place(NamedTuple):
    """A line of a program."""

    file: str
    line: int
    function: str
    text: str

    def __str__(self) -> str:
        inside = "" if self.function == "<module>" else f", in {self.function}"
        return f"{self.file}, line {self.line}{inside}"


def user_places(tb: TracebackType | None) -> list[Place]:
    """The lines of the user's own files that an error passed through, outermost first."""
    places = []
    for frame, line in traceback.walk_tb(tb):
        code = frame.f_code
        if not is_library(code.co_filename):
            text = linecache.getline(code.co_filename, line, frame.f_globals).strip()
            places.append(Place(code.co_filename, line, code.co_name, text))
    return [place for place in places if place.text] or places


def is_library(file: str) -> bool:
    """Whether a file belongs to Python, an installed package or TapeFlow."""
    return file.startswith(("<frozen ", *LIBRARIES))


def describe(error: BaseException, tb: TracebackType | None = None) -> str:
    """The user's failing line, the error, and the user's calls that led there, as text of a few lines."""
    if isinstance(error, SyntaxError) and error.lineno:
        return "".join(traceback.format_exception_only(error)).rstrip()
    places = user_places(tb or error.__traceback__)
    lines = []
    if places:
        *outer, failing = places
        lines += [f"{failing}:", f"    {failing.text}"]
        lines.append(headline(error))
        lines += [f"called from {place}: {place.text}" for place in reversed(outer)]
    else:
        lines.append(headline(error))
    if error.__cause__ is not None:
        lines.append(f"caused by {headline(error.__cause__)}")
    return "\n".join(lines)


def headline(error: BaseException) -> str:
    """Class, message and notes of an error."""
    message = str(error)
    first = f"{type(error).__name__}: {message}" if message else type(error).__name__
    return "\n".join([first, *getattr(error, "__notes__", [])])
