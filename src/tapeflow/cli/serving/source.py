"""Where a model lies: one directory or file, or a directory with a numbered version in each folder."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.files.saved_files import contains_saved_model

_LARGEST_VERSION = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Policy:
    """Which of the versions that are there are served.

    Attributes:
        latest: How many of the newest, if not None.
        specific: These, if not empty; all versions, if neither is given.
    """

    latest: int | None = 1
    specific: tuple = ()

    def wanted(self, found):
        """The numbers to serve of those that were found."""
        if self.specific:
            return set(self.specific) & set(found)
        return set(found) if self.latest is None else set(sorted(found)[-self.latest :])


@dataclass(frozen=True, slots=True)
class ModelSource:
    """A model to serve.

    Attributes:
        name: What it is called in addresses.
        path: A SavedModel's directory, a .keras file, or a directory of versions.
        policy: Which versions.
        labels: Label -> version.
    """

    name: str
    path: Path
    policy: Policy = field(default_factory=Policy)
    labels: dict = field(default_factory=dict)

    @property
    def is_single(self):
        """Whether the path is one model, which has no versions."""
        return self.path.suffix == ".keras" or contains_saved_model(self.path)

    def versions(self):
        """Number -> path of what is there now.

        Raises:
            OSError: The directory cannot be read.
        """
        if self.is_single:
            return {int(self.path.name) if _is_number(self.path.name) else 1: self.path}
        found = {}
        with os.scandir(self.path) as entries:
            for entry in entries:
                number = entry.name.removesuffix(".keras")
                if _is_number(number) and (entry.is_dir() or entry.name != number):
                    found[int(number)] = Path(entry.path)
        return found


def named(text, name=None):
    """The `ModelSource` of `PATH` or `NAME=PATH`.

    Args:
        text: What was written.
        name: The name, if not the path's own.

    Raises:
        InvalidArgumentError: There is no such path, or the name cannot stand in an address.
    """
    before, equals, after = text.partition("=")
    if equals and not os.path.exists(text):
        name, text = before, after
    path = Path(text).absolute()
    if not path.exists():
        raise InvalidArgumentError(f"there is no {text}")
    if not path.is_dir() and path.suffix != ".keras":
        raise InvalidArgumentError(f"{text} is neither a directory nor a .keras file")
    if name is None:
        name = path.parent.name if _is_number(path.name) else path.stem if path.is_file() else path.name
    return ModelSource(checked_name(name), path)


def checked_name(name):
    """A model's name, if it can stand in an address.

    Raises:
        InvalidArgumentError: It cannot.
    """
    if not name or "/" in name or ":" in name:
        raise InvalidArgumentError(f"{name!r} cannot be a model's name: it must have no '/' and no ':'")
    return name


def policy_of(text):
    """The `Policy` that `latest`, `latest:2`, `all` or `3,5` says.

    Raises:
        InvalidArgumentError: It says something else.
    """
    kind, _, count = text.partition(":")
    if kind == "all" and not count:
        return Policy(None)
    if kind == "latest" and (not count or (_is_number(count) and int(count) > 0)):
        return Policy(int(count or 1))
    numbers = [word.strip() for word in text.split(",")]
    if not all(map(_is_number, numbers)):
        raise InvalidArgumentError(f"{text!r} says no versions: give latest, latest:2, all, or numbers as in 3,5")
    return Policy(None, tuple(map(int, numbers)))


def fingerprint(path):
    """Names, sizes and times of a version's files: what tells that something changed."""
    if path.is_file():
        stat = path.stat()
        return (stat.st_size, stat.st_mtime_ns)
    found = []
    for folder, _, names in os.walk(path):
        for name in names:
            place = os.path.join(folder, name)
            try:
                stat = os.stat(place)
            except FileNotFoundError:  # it was moved while we looked: the next look tells
                continue
            found.append((place, stat.st_size, stat.st_mtime_ns))
    return tuple(sorted(found))


def _is_number(text):
    return text.isascii() and text.isdigit() and int(text[:20]) <= _LARGEST_VERSION
