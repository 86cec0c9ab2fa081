"""Files that get their name when they are complete: how Keras's `.keras` and `.weights.h5` files are written here.

Keras writes under the final name, so that a process which is killed leaves half a file where a good one was. What is
here writes beside it and renames at the end; `install.py` hands it to Keras's module that saves.
"""

import io
import os
import tempfile
import weakref
from functools import cache

_PREFIX = ".tapeflow-"


def open_whole(file, mode="r", *args, **kwargs):
    """Python's `open`; what is written with mode `"wb"` gets its name when it is closed without an error."""
    if mode != "wb" or args or kwargs or not _can_be_replaced(file):
        return open(file, mode, *args, **kwargs)  # the caller closes it
    return WholeFile(file)


def _can_be_replaced(path):
    """Whether a file of that name may be made beside its place: not for pipes, descriptors and closed folders."""
    if not isinstance(path, (str, os.PathLike)):
        return False
    place = os.path.realpath(path)
    return not (os.path.exists(place) and not os.path.isfile(place)) and os.access(os.path.dirname(place), os.W_OK)


class _Draft:
    """The other name that a file has while it is written.

    Args:
        path: The name that it gets.
    """

    def __init__(self, path):
        self.place = os.path.realpath(path)  # a link stays a link, to the new content
        number, self.path = tempfile.mkstemp(dir=os.path.dirname(self.place), prefix=_PREFIX)
        os.close(number)
        os.chmod(self.path, _rights(self.place))
        # What is dropped without being closed leaves nothing behind.
        self._removal = weakref.finalize(self, os.unlink, self.path)

    def publish(self):
        """Gives the file its name, once."""
        if self._removal.detach():
            os.replace(self.path, self.place)

    def discard(self):
        """Removes the file."""
        self._removal()


def _rights(place):
    """The rights of the file that is replaced, else those of a new one."""
    if os.path.exists(place):
        return os.stat(place).st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


class WholeFile(io.BufferedWriter):
    """A file open for writing bytes, under another name until it is closed.

    Args:
        path: The name that it gets.
    """

    def __init__(self, path):
        self._draft = _Draft(path)
        super().__init__(io.FileIO(self._draft.path, "wb"))

    def close(self):
        """Closes the file and gives it its name."""
        if not self.closed:
            super().close()
            self._draft.publish()

    def __exit__(self, kind, error, traceback):
        # After an error a good file stays. Where there was none, Keras's own half is there to be looked at.
        if kind is not None and os.path.exists(self._draft.place):
            self._drop()
        self.close()

    def __del__(self):
        self._drop()

    def _drop(self):
        super().close()
        self._draft.discard()


class WholeH5:
    """The package h5py, except that a `File` opened with mode `"w"` gets its name when it is closed.

    Args:
        h5py: The package, or what stands for it.
    """

    def __init__(self, h5py):
        self._h5py = h5py

    def __getattr__(self, name):
        return getattr(self._h5py, name)

    def File(self, name, mode="r", **options):
        """Opens an HDF5 file, as `h5py.File` does."""
        kind = self._h5py.File
        if mode != "w" or not _can_be_replaced(name):
            return kind(name, mode=mode, **options)
        return _whole_kind(kind)(name, **options)


@cache
def _whole_kind(kind):
    """The subclass of `h5py.File` whose files get their name when they are closed."""

    class File(kind):
        def __init__(self, path, **options):
            self._draft = _Draft(path)
            super().__init__(self._draft.path, mode="w", **options)

        @property
        def filename(self):
            """The name that the file gets."""
            return self._draft.place

        def close(self):
            """Closes the file and gives it its name."""
            is_open = bool(self)
            super().close()
            if is_open:
                self._draft.publish()

        def __exit__(self, *error):
            if error[0] is not None:
                super().close()
                self._draft.discard()
            super().__exit__(*error)

    return File


def complete_saving(module):
    """Lets `keras.src.saving.saving_lib` write whole files.

    Args:
        module: The module, loaded.
    """
    module.open, module.h5py = open_whole, WholeH5(module.h5py)
