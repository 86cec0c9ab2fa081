"""Files of this machine, with TensorFlow's errors: reading, writing, patterns."""

import errno
import os
import re
import tempfile
from contextlib import contextmanager

from tapeflow.core.base.errors import (
    AlreadyExistsError,
    FailedPreconditionError,
    InvalidArgumentError,
    NotFoundError,
    PermissionDeniedError,
    ResourceExhaustedError,
    UnimplementedError,
    UnknownError,
)

_SCHEME = re.compile(rb"([a-zA-Z][a-zA-Z0-9+.-]*)://")


def local(path):
    """The path as bytes, `file://` taken off.

    Raises:
        UnimplementedError: It is a path of another file system.
    """
    path = os.fsencode(path)
    found = _SCHEME.match(path)
    if found is None:
        return path
    scheme = found.group(1).decode()
    if scheme != "file":
        raise UnimplementedError(
            f"File system scheme '{scheme}' not implemented (file: '{shown(path)}')",
            hint="copy the file to this machine",
        )
    return path[found.end() :]


def shown(path):
    """The path as text for messages."""
    return os.fsdecode(path)


@contextmanager
def told(path):
    """Turns the operating system's errors into TensorFlow's."""
    try:
        yield
    except OSError as error:
        raise translated(error, path) from error


def translated(error, path):
    """TensorFlow's error for one of the operating system's."""
    text = f"{shown(path)}; {error.strerror or error}"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ResourceExhaustedError(text, hint="free some space, or write to another place")
    kinds = (
        ((FileNotFoundError,), NotFoundError),
        ((PermissionError,), PermissionDeniedError),
        ((FileExistsError,), AlreadyExistsError),
        ((IsADirectoryError, NotADirectoryError), FailedPreconditionError),
    )
    for classes, kind in kinds:
        if isinstance(error, classes):
            return kind(text)
    if "not empty" in text or "Invalid" in text:
        return (FailedPreconditionError if "not empty" in text else InvalidArgumentError)(text)
    return UnknownError(text)


def read(path):
    """All bytes of a file."""
    with told(path), open(local(path), "rb") as file:
        return file.read()


def write(path, content):
    """Writes a file as a whole: under another name first, so that nobody sees half of it. Makes its directory."""
    place = local(path)
    with told(path):
        folder = os.path.dirname(place)
        if folder:
            os.makedirs(folder, exist_ok=True)
        if os.path.isdir(place):
            raise IsADirectoryError(21, "Is a directory")
        if os.path.exists(place) and not os.path.isfile(place):
            with open(place, "wb") as file:  # a pipe or a device
                file.write(content)
            return
        number, temporary = tempfile.mkstemp(dir=folder or b".", prefix=b".tapeflow-")
        try:
            with os.fdopen(number, "wb") as file:
                file.write(content)
                file.flush()
            os.chmod(temporary, _mode(place))
            os.replace(temporary, place)
        except BaseException:
            os.unlink(temporary)
            raise


def _mode(place):
    """The rights of the file that is replaced, else those of a new file."""
    try:
        return os.stat(place).st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


# -- patterns ------------------------------------------------------------------------------------------


def _component(pattern):
    """One component of a pattern as a regular expression: `*`, `?`, `[...]`, and `\\` before what is meant itself."""
    result, i = [], 0
    while i < len(pattern):
        c = pattern[i : i + 1]
        i += 1
        if c == b"*":
            result.append(b".*")
        elif c == b"?":
            result.append(b".")
        elif c == b"\\" and i < len(pattern):
            result.append(re.escape(pattern[i : i + 1]))
            i += 1
        elif c == b"[" and (end := pattern.find(b"]", i + 1)) > 0:
            inner = pattern[i:end]
            negated = inner[:1] in (b"!", b"^")
            inner = inner[negated:].replace(b"\\", b"\\\\").replace(b"[", b"\\[").replace(b"^", b"\\^")
            result.append(b"[" + (b"^" if negated else b"") + inner + b"]")
            i = end + 1
        else:
            result.append(re.escape(c))
    try:
        return re.compile(b"".join(result), re.DOTALL)
    except re.error:
        return re.compile(re.escape(pattern))


def matching(pattern):
    """The sorted paths that a pattern matches; hidden ones count."""
    place = local(pattern)
    prefix = b"file://" if os.fsencode(pattern).startswith(b"file://") else b""
    parts = place.split(b"/")
    found = [b"/"] if place.startswith(b"/") else [b""]
    for part in parts:
        if part:
            found = [path for folder in found for path in _step(folder, part)]
    return sorted(prefix + path for path in found if path not in (b"", b"/"))


def _step(folder, part):
    if not any(c in part for c in (b"*", b"?", b"[", b"\\")):
        path = os.path.join(folder, part)
        return [path] if os.path.lexists(path) else []
    wanted = _component(part)
    try:
        names = os.listdir(folder or b".")
    except OSError:
        return []
    return [os.path.join(folder, name) for name in names if wanted.fullmatch(name)]
