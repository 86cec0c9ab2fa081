"""`tf.io.gfile.GFile`: an open file."""

from tapeflow.core.base import file_tree, local_files, text
from tapeflow.core.base.errors import InvalidArgumentError, PermissionDeniedError

_MODES = {"r": "rb", "w": "wb", "a": "ab", "r+": "r+b", "w+": "w+b", "a+": "a+b"}


class GFile:
    """A file, opened when it is first used. Text is UTF-8; sizes and places count bytes.

    Args:
        name: The path.
        mode: `"r"`, `"w"` or `"a"`, with `"+"` to read and write, with `"b"` for bytes instead of text.

    Raises:
        InvalidArgumentError: The mode is another one.

    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "a.txt")
    >>> with tf.io.gfile.GFile(path, "w") as file:
    ...     file.write("tape")
    >>> with tf.io.gfile.GFile(path) as file:
    ...     print(file.read())
    tape
    """

    def __init__(self, name, mode="r"):
        self._name, self._mode = name, mode
        plain = mode.replace("b", "")
        if plain not in _MODES:
            raise InvalidArgumentError("mode is not 'r' or 'w' or 'a' or 'r+' or 'w+' or 'a+'")
        self._kind = _MODES[plain]
        self._binary = "b" in mode
        self._reads, self._writes = plain != "w" and plain != "a", plain != "r"
        self._file = None

    @property
    def name(self):
        """The path as it was given."""
        return self._name

    @property
    def mode(self):
        """The mode as it was given."""
        return self._mode

    def _opened(self):
        if self._file is None:
            with local_files.told(self._name):
                if file_tree.isdir(self._name):
                    raise IsADirectoryError(21, "Is a directory")
                self._file = local_files.opened(self._name, self._kind)
        return self._file

    def _reading(self):
        if not self._reads:
            raise PermissionDeniedError("File isn't open for reading")
        return self._opened()

    def _shown(self, data):
        return data if self._binary else data.decode()

    # -- reading -------------------------------------------------------------------------------------

    def read(self, n=-1):
        """Returns `n` bytes, or what is left, as text unless the mode is binary."""
        file = self._reading()
        with local_files.told(self._name):
            return self._shown(file.read(-1 if n is None else n))

    def readline(self):
        """Returns the next line with its end; nothing at the end of the file."""
        file = self._reading()
        with local_files.told(self._name):
            return self._shown(file.readline())

    def readlines(self):
        """Returns all lines that are left."""
        return list(iter(self.readline, self._shown(b"")))

    def __iter__(self):
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def next(self):
        """Returns the next line.

        Raises:
            StopIteration: There is none.
        """
        return self.__next__()

    # -- writing -------------------------------------------------------------------------------------

    def write(self, file_content):
        """Writes text or bytes."""
        if not self._writes:
            raise PermissionDeniedError("File isn't open for writing")
        content = text.as_bytes(file_content)
        file = self._opened()
        with local_files.told(self._name):
            file.write(content)

    def flush(self):
        """Hands what was written to the operating system."""
        if self._file is not None:
            with local_files.told(self._name):
                self._file.flush()

    # -- places --------------------------------------------------------------------------------------

    def seek(self, offset=None, whence=0, position=None):
        """Moves to a place.

        Args:
            offset: How many bytes from there.
            whence: 0: the beginning, 1: here, 2: the end.
            position: The old name of `offset`.

        Raises:
            InvalidArgumentError: There is no such place.
        """
        offset = position if offset is None else offset
        if offset is None:
            raise TypeError("seek(): offset argument required")
        if whence not in (0, 1, 2):
            raise InvalidArgumentError(f"Invalid whence argument: {whence}. Valid values are 0, 1, or 2.")
        file = self._opened()
        base = (0, file.tell(), self.size())[whence]
        if base + offset < 0:
            raise InvalidArgumentError(f"Seeking to a negative position: {base + offset}")
        file.seek(base + offset)

    def tell(self):
        """Returns the place in the file."""
        return self._opened().tell()

    def seekable(self):
        """Returns True: files can be read at any place."""
        return True

    def size(self):
        """Returns how many bytes the file has."""
        self.flush()
        return local_files.size(self._name)

    # -- the end -------------------------------------------------------------------------------------

    def close(self):
        """Closes the file; it opens again when it is used."""
        if self._file is not None:
            file, self._file = self._file, None
            with local_files.told(self._name):
                file.close()

    def __del__(self):
        # TensorFlow's files close with their last name, without a word.
        if self.__dict__.get("_file") is not None:
            self._file.close()

    def __enter__(self):
        return self

    def __exit__(self, unused_type, unused_value, unused_traceback):
        self.close()
