"""Files of other file systems (`s3://`, `gs://`, `memory://`…), through fsspec.

What is written as a whole gets its name when it is complete. Object stores do so by themselves: an object is there once
its upload is finished. Elsewhere it is written under another name first and renamed.
"""

import os
import re
import uuid
from contextlib import contextmanager

from tapeflow.core.base.errors import UnimplementedError

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*)://")
# TensorFlow's file system in memory is fsspec's as well.
_ALIASES = {"ram": "memory"}
# Where nobody sees an object before its last byte has come.
_WHOLE = frozenset("abfs abfss adl az gcs gs memory oci oss ram s3 s3a".split())
_EXTRA = "pip install tapeflow[filesystems], and the package of the scheme (s3fs for s3://, gcsfs for gs://)"


def scheme_of(path):
    """The scheme of a path of another file system, in lower case; None for a path of this machine."""
    found = _SCHEME.match(path if isinstance(path, str) else os.fsdecode(path))
    scheme = found and found.group(1).lower()
    return None if scheme == "file" else scheme


def at(path):
    """The `RemotePath` of a path; None for one of this machine.

    Raises:
        UnimplementedError: No file system is known for the scheme, or its package is not installed.
    """
    scheme = scheme_of(path)
    return None if scheme is None else RemotePath(os.fsdecode(path), scheme)


def known_schemes():
    """The schemes that fsspec knows, whether their packages are installed or not; none without fsspec."""
    try:
        from fsspec import available_protocols  # lazy: as below
    except ImportError:
        return []
    return sorted({*available_protocols(), *_ALIASES} - {"file", "local"})


def folder_of(path):
    """The directory of a path as text; that of `memory://a` is `memory://`."""
    found = _SCHEME.match(path)
    if found is None:
        return os.path.dirname(path)
    return found.group() + os.path.dirname(path[found.end() :])


def _system(url, scheme):
    """(fsspec's file system, its own name for the path)."""
    words = f"File system scheme '{scheme}' not implemented (file: '{url}')"
    try:
        from fsspec.core import url_to_fs  # lazy: few programs have files elsewhere
    except ImportError as error:
        raise UnimplementedError(words, hint=_EXTRA) from error
    known = _ALIASES.get(scheme, scheme)
    try:
        return url_to_fs(known + url[len(scheme) :])
    except ImportError as error:
        raise UnimplementedError(f"{words}: {error}", hint=_EXTRA) from error
    except ValueError as error:
        raise UnimplementedError(words, hint=f"{error}; copy the file to this machine") from error


@contextmanager
def _asked(url):
    """Turns what a file system cannot do into TensorFlow's error."""
    try:
        yield
    except NotImplementedError as error:
        raise UnimplementedError(
            f"{url}: its file system cannot do this ({error or type(error).__name__})",
            hint="work on a file of this machine and copy it with tf.io.gfile.copy",
        ) from error


class RemotePath:
    """A path of another file system; what is asked raises the operating system's errors.

    Attributes:
        url: The path as it was given.
        system: fsspec's file system.
    """

    __slots__ = ("_place", "_scheme", "system", "url")

    def __init__(self, url, scheme):
        self.url, self._scheme = url, scheme
        self.system, self._place = _system(url, scheme)

    # -- asking --------------------------------------------------------------------------------------

    def exists(self):
        """Whether there is a file or directory of that name."""
        return self.system.exists(self._place)

    def is_file(self):
        """Whether it is a file."""
        return self.system.isfile(self._place)

    def is_dir(self):
        """Whether it is a directory."""
        return self.system.isdir(self._place)

    def size(self):
        """How many bytes the file has."""
        found = self.system.info(self._place).get("size")
        if found is None:
            raise UnimplementedError(f"{self.url}: its file system does not say how long it is")
        return int(found)

    def modified(self):
        """When it was written last, in nanoseconds; 0 if its file system does not say."""
        with _asked(self.url):
            try:
                return int(self.system.modified(self._place).timestamp() * 1e9)
            except (NotImplementedError, FileNotFoundError):
                if not self.exists():
                    raise
                return 0

    def names(self):
        """The names in the directory."""
        found = (one.rstrip("/") for one in self.system.ls(self._place, detail=False))
        own = self._place.strip("/")
        return [one.rpartition("/")[2] for one in found if one.strip("/") != own]

    # -- content -------------------------------------------------------------------------------------

    def open(self, mode):
        """Opens the file: `mode` is a binary one of Python's."""
        with _asked(self.url):
            try:
                return self.system.open(self._place, mode)
            except ValueError as error:  # a mode that the file system does not have
                raise UnimplementedError(
                    f"{self.url}: its file system does not open files in mode {mode!r}",
                    hint="read the file, and write it anew as a whole",
                ) from error

    def read_at(self, offset, size):
        """Some bytes from the middle of the file."""
        with _asked(self.url):
            return self.system.cat_file(self._place, offset, offset + size)

    def write(self, content):
        """Makes the bytes the content of the file."""
        self._put(lambda place: self.system.pipe_file(place, content))

    def upload(self, local_path):
        """Makes the content of a file of this machine that of this one."""
        self._put(lambda place: self.system.put_file(os.fsdecode(local_path), place))

    def download(self, local_path):
        """Writes the content to a file of this machine."""
        with _asked(self.url):
            self.system.get_file(self._place, os.fsdecode(local_path))

    def _put(self, put):
        with _asked(self.url):
            if self.is_dir():
                raise IsADirectoryError(21, "Is a directory")
            if self._scheme in _WHOLE:
                put(self._place)
                return
            folder = self._place.rpartition("/")[0]
            if folder:
                self.system.makedirs(folder, exist_ok=True)
            partial = f"{self._place}.{uuid.uuid4().hex}.partial"
            try:
                put(partial)
                self.system.mv(partial, self._place)
            except BaseException:
                if self.system.exists(partial):
                    self.system.rm_file(partial)
                raise

    # -- the tree ------------------------------------------------------------------------------------

    def copy_to(self, other):
        """Copies the file to another path of the same file system."""
        with _asked(self.url):
            self.system.cp_file(self._place, other._place)

    def move_to(self, other):
        """Gives the file or directory another name in the same file system."""
        with _asked(self.url):
            self.system.mv(self._place, other._place, recursive=self.is_dir())

    def remove(self):
        """Deletes the file."""
        with _asked(self.url):
            if not self.exists():
                raise FileNotFoundError(2, "No such file or directory")
            self.system.rm_file(self._place)

    def remove_tree(self):
        """Deletes the directory with all that is in it."""
        with _asked(self.url):
            self.system.rm(self._place, recursive=True)

    def make_folders(self):
        """Makes the directory and those around it."""
        with _asked(self.url):
            self.system.makedirs(self._place, exist_ok=True)

    def make_folder(self):
        """Makes the directory in one that is there."""
        with _asked(self.url):
            self.system.mkdir(self._place, create_parents=False)
