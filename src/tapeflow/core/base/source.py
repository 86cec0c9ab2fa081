"""Where in the user's program something happened: cheap to note, made file, line and text only when asked."""

import linecache
import os
import sys
from types import CodeType, FrameType
from typing import NamedTuple

_PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))) + os.sep
_LIBRARIES = tuple(f"{os.sep}site-packages{os.sep}{name}{os.sep}" for name in ("keras", "tf_keras", "jax"))
_STANDARD = tuple(
    os.path.join(os.path.dirname(os.__file__), name) for name in ("contextlib.py", "functools.py")
)

Place = tuple[CodeType, int]


class _Inside(dict):
    """File name -> whether its code is TapeFlow's or a library's that the user would not look into."""

    def __missing__(self, filename):
        inside = (
            filename.startswith((_PACKAGE, "<frozen "))
            or filename in _STANDARD
            or any(library in filename for library in _LIBRARIES)
        )
        if len(self) > 10_000:  # programs that compile new files without end
            self.clear()
        self[filename] = inside
        return inside


_inside = _Inside()


class Line(NamedTuple):
    """A line of the user's program."""

    file: str
    line: int
    function: str
    text: str

    def __str__(self):
        place = f"{shown_file(self.file)}:{self.line}"
        return f"{place}: {self.text}" if self.text else place


def user_frame(frame: FrameType | None = None) -> Place | None:
    """The place `(code, instruction)` in the innermost frame outside TapeFlow, None if there is none.

    Costs a few hundred nanoseconds and keeps no frame alive; `resolve` makes a `Line` of it.
    """
    if frame is None:
        frame = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if not _inside[code.co_filename]:
            return code, frame.f_lasti
        frame = frame.f_back
    return None


def resolve(place: Place | None) -> Line | None:
    """The file, line and source text of a place; the text is empty where the source is not at hand."""
    if place is None:
        return None
    code, lasti = place
    line = _line_number(code, lasti)
    text = linecache.getline(code.co_filename, line).strip()
    return Line(code.co_filename, line, code.co_qualname, text)


def line_at(filename: str, number: int) -> Line:
    """A line of a file, by its number."""
    return Line(filename, number, "", linecache.getline(filename, number).strip())


def user_line() -> Line | None:
    """The line of the user's program that is being executed."""
    return resolve(user_frame(sys._getframe(1)))


def shown_file(filename: str) -> str:
    """A file's name as people know it: relative below the current folder, a notebook's cell by its number."""
    if os.path.isabs(filename):
        try:
            relative = os.path.relpath(filename)
        except (ValueError, OSError):  # another drive, or the current folder is gone
            return filename
        return filename if relative.startswith("..") else relative
    return filename


def _line_number(code: CodeType, lasti: int) -> int:
    line = code.co_firstlineno
    for start, end, number in code.co_lines():
        if start <= lasti < end and number is not None:
            return number
        if number is not None and start <= lasti:
            line = number
    return line
