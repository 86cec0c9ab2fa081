"""Files, with TensorFlow's errors: reading, writing, patterns. Those of other file systems go through fsspec."""

import errno
import os
import re
import tempfile
from contextlib import contextmanager

from tapeflow.core.base import remote_files
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

_PREFIX = b"file://"
_WORDS = {  # for errors of other file systems, which often say no more than the path
    FileNotFoundError: errno.ENOENT, PermissionError: errno.EACCES, FileExistsError: errno.EEXIST,
    IsADirectoryError: errno.EISDIR, NotADirectoryError: errno.ENOTDIR,
}  # fmt: skip


def local(path):
    """The path as bytes, `file://` taken off.

    Raises:
        UnimplementedError: It is a path of another file system.
    """
    path = os.fsencode(path)
    if b"://" not in path:
        return path
    scheme = remote_files.scheme_of(path)
    if scheme is not None:
        raise UnimplementedError(
            f"File system scheme '{scheme}' not implemented here (file: '{shown(path)}')",
            hint="copy the file to this machine: tf.io.gfile.copy",
        )
    return path[len(_PREFIX) :] if path[: len(_PREFIX)].lower() == _PREFIX else path


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
    words = error.strerror or (os.strerror(_WORDS[type(error)]) if type(error) in _WORDS else error)
    text = f"{shown(path)}; {words}"
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


def opened(path, mode):
    """Opens a file in a binary mode of Python's."""
    remote = remote_files.at(path)
    return open(local(path), mode) if remote is None else remote.open(mode)


def read(path):
    """All bytes of a file."""
    with told(path), opened(path, "rb") as file:
        return file.read()


def size(path):
    """How many bytes a file has."""
    with told(path):
        remote = remote_files.at(path)
        return os.stat(local(path)).st_size if remote is None else remote.size()


def is_file(path):
    """Whether there is a file of that name."""
    remote = remote_files.at(path)
    return os.path.isfile(local(path)) if remote is None else remote.is_file()


def publish(temporary, path):
    """Gives a complete file of this machine its name, there or in another file system."""
    remote = remote_files.at(path)
    if remote is None:
        os.replace(temporary, local(path))
        return
    remote.upload(temporary)
    os.unlink(temporary)


def write(path, content):
    """Writes a file as a whole: under another name first, so that nobody sees half of it. Makes its directory."""
    remote = remote_files.at(path)
    with told(path):
        if remote is not None:
            remote.write(content)
            return
        place = local(path)
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
            os.chmod(temporary, mode_of(place))
            os.replace(temporary, place)
        except BaseException:
            os.unlink(temporary)
            raise


def mode_of(place):
    """The rights of the file that is replaced, else those of a new file."""
    try:
        return os.stat(place).st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


# -- patterns ------------------------------------------------------------------------------------------

_MAGIC = (b"*", b"?", b"[", b"\\")


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
    if remote_files.scheme_of(pattern) is not None:
        return _matching_remote(os.fsencode(pattern))
    place = local(pattern)
    prefix = _PREFIX if os.fsencode(pattern).startswith(_PREFIX) else b""
    parts = place.split(b"/")
    found = [b"/"] if place.startswith(b"/") else [b""]
    for part in parts:
        if part:
            found = [path for folder in found for path in _step(folder, part)]
    return sorted(prefix + path for path in found if path not in (b"", b"/"))


def _step(folder, part):
    if not any(c in part for c in _MAGIC):
        path = os.path.join(folder, part)
        return [path] if os.path.lexists(path) else []
    wanted = _component(part)
    try:
        names = os.listdir(folder or b".")
    except OSError:
        return []
    return [os.path.join(folder, name) for name in names if wanted.fullmatch(name)]


def _matching_remote(pattern):
    root, _, rest = pattern.partition(b"://")
    found = [root + b"://"]
    for part in rest.split(b"/"):
        if part:
            found = [path for folder in found for path in _remote_step(folder, part)]
    return sorted(path for path in found if not path.endswith(b"://") and remote_files.at(path).exists())


def _remote_step(folder, part):
    join = folder if folder.endswith(b"/") else folder + b"/"
    if not any(c in part for c in _MAGIC):
        return [join + part]
    wanted, remote = _component(part), remote_files.at(folder)
    try:
        names = remote.names() if remote.is_dir() else []
    except OSError:
        return []
    return [join + name for name in map(os.fsencode, names) if wanted.fullmatch(name)]
