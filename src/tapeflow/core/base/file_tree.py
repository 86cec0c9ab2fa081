"""`tf.io.gfile`: files and directories as a whole."""

import os
import shutil
import tempfile

from tapeflow.core.base import local_files, remote_files
from tapeflow.core.base.errors import (
    AlreadyExistsError,
    FailedPreconditionError,
    InvalidArgumentError,
    NotFoundError,
    OpError,
    UnimplementedError,
)
from tapeflow.core.base.text import as_str_any


class FileStatistics:
    """What `tf.io.gfile.stat` tells: `length` in bytes, `mtime_nsec`, `is_directory`."""

    __slots__ = ("is_directory", "length", "mtime_nsec")

    def __init__(self, length, mtime_nsec, is_directory):
        self.length, self.mtime_nsec, self.is_directory = length, mtime_nsec, is_directory

    def __repr__(self):
        return (
            f"FileStatistics(length={self.length}, mtime_nsec={self.mtime_nsec}, is_directory={self.is_directory})"
        )


def exists(path):
    """Returns whether there is a file or directory of that name."""
    remote = remote_files.at(path)
    return os.path.exists(local_files.local(path)) if remote is None else remote.exists()


def isdir(path):
    """Returns whether there is a directory of that name."""
    remote = remote_files.at(path)
    return os.path.isdir(local_files.local(path)) if remote is None else remote.is_dir()


def listdir(path):
    """Returns the names in a directory, in no particular order.

    Raises:
        NotFoundError: There is no such directory.
    """
    if not isdir(path):
        raise NotFoundError(f"Could not find directory {local_files.shown(path)}")
    with local_files.told(path):
        remote = remote_files.at(path)
        return remote.names() if remote else [os.fsdecode(name) for name in os.listdir(local_files.local(path))]


def glob(pattern):
    """Returns the files that a pattern, or any of a list of patterns, matches.

    Args:
        pattern: With `*`, `?` and `[...]`, none of which matches a slash.
    """
    patterns = [pattern] if isinstance(pattern, (str, bytes, os.PathLike)) else pattern
    return [os.fsdecode(path) for one in patterns for path in local_files.matching(one)]


def copy(src, dst, overwrite=False):
    """Copies a file.

    Args:
        src, dst: The names.
        overwrite: Whether `dst` may be there.

    Raises:
        AlreadyExistsError: It is there.
    """
    _check_free(dst, overwrite)
    if isdir(src):
        raise InvalidArgumentError(f"{local_files.shown(dst)}; Invalid argument", hint="copy the files one by one")
    with local_files.told(dst if exists(src) else src):
        _copy(src, dst)


def _copy(src, dst):
    source, target = remote_files.at(src), remote_files.at(dst)
    if source is None and target is None:
        shutil.copyfile(local_files.local(src), local_files.local(dst))
    elif source is None:
        target.upload(local_files.local(src))
    elif target is not None and target.system is source.system:
        source.copy_to(target)
    else:
        _copy_through(source, dst)


def _copy_through(source, dst):
    """Fetches a file to this machine and gives it its name when it is whole."""
    near = remote_files.at(dst) is None
    folder = os.path.dirname(local_files.local(dst)) or b"." if near else None
    number, temporary = tempfile.mkstemp(dir=folder, prefix=b".tapeflow-" if near else None)
    os.close(number)
    try:
        source.download(temporary)
        if near:
            os.chmod(temporary, local_files.mode_of(local_files.local(dst)))
        local_files.publish(temporary, dst)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


def rename(src, dst, overwrite=False):
    """Gives a file or directory another name.

    Args:
        src, dst: The names.
        overwrite: Whether `dst` may be there.

    Raises:
        AlreadyExistsError: It is there.
    """
    _check_free(dst, overwrite)
    with local_files.told(src):
        source, target = remote_files.at(src), remote_files.at(dst)
        if source is None and target is None:
            os.replace(local_files.local(src), local_files.local(dst))
        elif source is not None and target is not None and source.system is target.system:
            source.move_to(target)
        else:
            raise UnimplementedError(
                f"Renaming {local_files.shown(src)} to {local_files.shown(dst)} not implemented",
                hint="they are of two file systems: copy the file, then remove it",
            )


def _check_free(path, overwrite):
    if not overwrite and exists(path):
        raise AlreadyExistsError("file already exists", hint="pass overwrite=True")


def remove(path):
    """Deletes a file.

    Raises:
        NotFoundError: There is no such file.
    """
    with local_files.told(path):
        if isdir(path):
            raise IsADirectoryError(21, "Is a directory")
        remote = remote_files.at(path)
        os.unlink(local_files.local(path)) if remote is None else remote.remove()


def mkdir(path):
    """Makes a directory in one that is there.

    Raises:
        NotFoundError: The outer directory is not there.
    """
    if isdir(path):
        return
    with local_files.told(path):
        remote = remote_files.at(path)
        os.mkdir(local_files.local(path)) if remote is None else remote.make_folder()


def makedirs(path):
    """Makes a directory and those around it; does nothing if it is there."""
    if exists(path) and not isdir(path):
        raise FailedPreconditionError(f"{local_files.shown(path)} is not a directory")
    with local_files.told(path):
        remote = remote_files.at(path)
        os.makedirs(local_files.local(path), exist_ok=True) if remote is None else remote.make_folders()


def rmtree(path):
    """Deletes a directory with all that is in it.

    Raises:
        NotFoundError: There is no such directory.
    """
    remote = remote_files.at(path)
    if remote is not None:
        _remove_remote(remote)
        return
    place = local_files.local(path)
    if not os.path.lexists(place):
        raise NotFoundError(f"{local_files.shown(path)} not found")
    with local_files.told(path):
        if os.path.isdir(place) and not os.path.islink(place):
            shutil.rmtree(place)
        else:
            os.unlink(place)


def _remove_remote(remote):
    with local_files.told(remote.url):
        if not remote.exists():
            raise NotFoundError(f"{remote.url} not found")
        remote.remove_tree()


def stat(path):
    """Returns the `FileStatistics` of a file or directory.

    Raises:
        NotFoundError: There is none.
    """
    with local_files.told(path):
        remote = remote_files.at(path)
        if remote is not None:
            is_folder = remote.is_dir()
            return FileStatistics(0 if is_folder else remote.size(), remote.modified(), is_folder)
        found = os.stat(local_files.local(path))
        return FileStatistics(found.st_size, found.st_mtime_ns, os.path.isdir(local_files.local(path)))


def walk(top, topdown=True, onerror=None):
    """Goes through a directory and all below it.

    Args:
        top: The directory.
        topdown: Whether a directory comes before those in it.
        onerror: Called with the error of a directory that cannot be read.

    Yields:
        The directory, the names of the directories in it, the names of the files in it.
    """
    top = as_str_any(os.fspath(top))
    try:
        names = sorted(listdir(top))
    except OpError as error:
        if onerror is not None:
            onerror(error)
        return
    folders = [name for name in names if isdir(os.path.join(top, name))]
    here = top, folders, [name for name in names if name not in folders]
    if topdown:
        yield here
    for folder in folders:
        yield from walk(os.path.join(top, folder), topdown, onerror)
    if not topdown:
        yield here


def join(path, *paths):
    """Joins parts of a path; a part that is absolute begins anew."""
    return os.path.join(os.fspath(path), *map(os.fspath, paths))


def get_registered_schemes():
    """Returns the schemes of paths that are understood: those of this machine and what fsspec knows."""
    return ["", "file", *remote_files.known_schemes()]
