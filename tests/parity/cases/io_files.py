"""tf.io: whole files and patterns of names."""

import os
import tempfile
from functools import cache
from pathlib import Path

from tests.parity.case import Family

case = Family(__name__)


@cache
def folder():
    """A directory with a few files, there until the process ends."""
    place = tempfile.TemporaryDirectory()
    for name in ("a.txt", "b.txt", "c.dat", ".hidden", "sub/x.txt", "sub/[y].txt"):
        path = Path(place.name, name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    return place


def path(name):
    return os.path.join(folder().name, name)


def found(tf, *patterns):
    """The matching files, without the directory."""
    patterns = [path(one) for one in patterns]
    result = tf.io.matching_files(patterns if len(patterns) > 1 else patterns[0])
    return [os.path.relpath(one.decode(), folder().name) for one in result.numpy()]


def written(tf, name, content):
    tf.io.write_file(path(name), content)
    return tf.io.read_file(path(name))


case.table(r"""
    read/text: tf.io.read_file(path("a.txt"))
    read/none: tf.io.read_file(path("none"))  # raises: No such file or directory
    read/list: tf.io.read_file([path("a.txt")])  # raises: Input filename tensor must be scalar
    read/directory: tf.io.read_file(folder().name)  # raises: Is a directory
    read/number: tf.io.read_file(1)  # raises
    write/returns: tf.io.write_file(path("w1"), "hey")
    write/makes_directories: written(tf, "new/deep/w2", b"\xff\x00")
    write/overwrites: (written(tf, "w3", "one"), written(tf, "w3", "two"))
    write/empty: written(tf, "w4", "")
    write/list: tf.io.write_file(path("w5"), ["a"])  # raises: Contents tensor must be scalar
    write/name_list: tf.io.write_file([path("w5")], "a")  # raises: Input filename tensor must be scalar
    write/directory: tf.io.write_file(folder().name, "a")  # raises: Is a directory
    match/star: found(tf, "*.txt")
    match/two: found(tf, "a*", "c*")
    match/none: found(tf, "none*")
    match/set: found(tf, "[ab].txt")
    match/range: found(tf, "[a-b].txt")
    match/not: found(tf, "[^a].txt")
    match/not_bang: found(tf, "[!a].txt")
    match/one: found(tf, "?.txt")
    match/braces: found(tf, "{a,b}.txt")
    match/plain: found(tf, "a.txt")
    match/below: found(tf, "*/x.txt")
    match/below_star: found(tf, "s*/*")
    match/hidden: found(tf, ".h*")
    match/escaped: found(tf, "sub/\\[y\\].txt")
    match/twice: found(tf, "a*", "a.txt")
    match/nowhere: tf.io.matching_files("/no/such/place/*")
    match/matrix: tf.io.matching_files([["a*"]])  # raises: must be scalar or vector
""")
