"""tf.io.gfile and record files."""

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
    for name, text in {"a.txt": "one\ntwo\nthré", "sub/b.txt": "b", "sub/deep/c.txt": "c", "empty": ""}.items():
        path = Path(place.name, name)
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(text.encode())
    return place


def at(name):
    return os.path.join(folder().name, name)


def opened(tf, mode, act, name="a.txt"):
    with tf.io.gfile.GFile(at(name), mode) as file:
        return act(file)


def written(tf, name, content, *modes):
    for mode in modes:
        opened(tf, mode, lambda file: file.write(content), name)
    return Path(at(name)).read_bytes()


def acted(name, act):
    """What an act on a copied tree leaves."""
    with tempfile.TemporaryDirectory() as place:
        for one in ("a.txt", "b.txt", "sub/c.txt"):
            path = Path(place, one)
            path.parent.mkdir(exist_ok=True)
            path.write_text(one)
        act(lambda *parts: os.path.join(place, *parts))
        return sorted(str(path.relative_to(place)) for path in Path(place).rglob("*"))


def record_file(tf, records, options=None, read=True):
    with tempfile.TemporaryDirectory() as place:
        with tf.io.TFRecordWriter(os.path.join(place, "r"), options) as writer:
            for record in records:
                writer.write(record)
            writer.flush()
        return Path(place, "r").read_bytes()[: None if read else 2]


case.table(r"""
    read/all: opened(tf, "r", lambda file: file.read())
    read/bytes: opened(tf, "rb", lambda file: file.read())
    read/some: opened(tf, "r", lambda file: (file.read(3), file.tell(), file.read()))
    read/cut_character: opened(tf, "r", lambda file: file.read(12))  # raises
    read/line: opened(tf, "r", lambda file: (file.readline(), file.readline(), file.readline(), file.readline()))
    read/lines: opened(tf, "r", lambda file: file.readlines())
    read/lines_bytes: opened(tf, "rb", lambda file: file.readlines())
    read/iterate: opened(tf, "r", lambda file: list(file))
    read/next: opened(tf, "r", lambda file: (next(file), file.next()))
    read/empty: opened(tf, "r", lambda file: (file.readline(), file.read(), file.readlines()), "empty")
    read/missing: opened(tf, "r", lambda file: file.read(), "none")  # raises: No such file or directory
    read/directory: tf.io.gfile.GFile(folder().name, "r").read()  # raises: Is a directory
    read/path_object: tf.io.gfile.GFile(Path(at("a.txt"))).read()
    read/in_write_mode: opened(tf, "w", lambda file: file.read(), "w0")  # raises: File isn't open for reading
    seek/start: opened(tf, "r", lambda file: (file.seek(4), file.read()))
    seek/here: opened(tf, "r", lambda file: (file.read(2), file.seek(2, 1), file.read()))
    seek/end: opened(tf, "rb", lambda file: (file.seek(-3, 2), file.read()))
    seek/position: opened(tf, "r", lambda file: (file.seek(position=2), file.read(1)))
    seek/nowhere: opened(tf, "r", lambda file: file.seek())  # raises: offset argument required
    seek/whence: opened(tf, "r", lambda file: file.seek(1, 5))  # raises: Invalid whence argument: 5
    seek/negative: opened(tf, "r", lambda file: (file.seek(-1), file.read()))  # raises: negative position
    file/size: opened(tf, "r", lambda file: (file.size(), file.mode, file.seekable()))
    file/mode: tf.io.gfile.GFile(at("a.txt"), "x")  # raises: mode is not 'r' or 'w' or 'a'
    file/mode_text: tf.io.gfile.GFile(at("a.txt"), "rt")  # raises: mode is not
    write/text: written(tf, "w1", "né", "w")
    write/bytes: written(tf, "w2", b"\xff", "wb")
    write/bytes_as_text: written(tf, "w3", b"x", "w")
    write/twice: written(tf, "w4", "ab", "w", "w")
    write/append: written(tf, "w5", "ab", "w", "a", "a")
    write/number: written(tf, "w6", 3, "w")  # raises: Expected binary or unicode string
    write/in_read_mode: opened(tf, "r", lambda file: file.write("x"))  # raises: File isn't open for writing
    write/nowhere: written(tf, "none/x", "a", "w")  # raises: No such file or directory
    write/tell: opened(tf, "w", lambda file: (file.write("né"), file.tell(), file.flush(), file.size()), "w7")
    tree/exists: [tf.io.gfile.exists(one) for one in (folder().name, at("a.txt"), at("none"), "")]
    tree/isdir: [tf.io.gfile.isdir(one) for one in (folder().name, at("a.txt"), at("none"))]
    tree/listdir: sorted(tf.io.gfile.listdir(at("sub")))
    tree/listdir_none: tf.io.gfile.listdir(at("none"))  # raises: Could not find directory
    tree/listdir_file: tf.io.gfile.listdir(at("a.txt"))  # raises: Could not find directory
    tree/glob: [os.path.basename(one) for one in tf.io.gfile.glob(at("a*"))]
    tree/glob_list: len(tf.io.gfile.glob([at("a*"), at("sub/*.txt")]))
    tree/walk: [(a[len(folder().name):], sorted(b), sorted(c)) for a, b, c in tf.io.gfile.walk(at("sub"))]
    tree/walk_up: [a[len(folder().name):] for a, b, c in tf.io.gfile.walk(at("sub"), topdown=False)]
    tree/walk_none: list(tf.io.gfile.walk(at("none")))
    tree/stat: (tf.io.gfile.stat(at("a.txt")).length, tf.io.gfile.stat(at("a.txt")).is_directory)
    tree/stat_directory: tf.io.gfile.stat(at("sub")).is_directory
    tree/stat_none: tf.io.gfile.stat(at("none"))  # raises: No such file or directory
    tree/join: [tf.io.gfile.join(*p) for p in (("a", "b"), ("a/", "b"), ("a", "/b"), ("gs://x", "y"), ("a",), ("", "b"))]
    act/copy: acted("", lambda at: tf.io.gfile.copy(at("a.txt"), at("d.txt")))
    act/copy_there: acted("", lambda at: tf.io.gfile.copy(at("a.txt"), at("b.txt")))  # raises: file already exists
    act/copy_over: acted("", lambda at: tf.io.gfile.copy(at("a.txt"), at("b.txt"), overwrite=True))
    act/copy_none: acted("", lambda at: tf.io.gfile.copy(at("none"), at("d.txt")))  # raises: No such file or directory
    act/copy_nowhere: acted("", lambda at: tf.io.gfile.copy(at("a.txt"), at("no", "d.txt")))  # raises: No such file
    act/rename: acted("", lambda at: tf.io.gfile.rename(at("a.txt"), at("d.txt")))
    act/rename_there: acted("", lambda at: tf.io.gfile.rename(at("a.txt"), at("b.txt")))  # raises: file already exists
    act/rename_over: acted("", lambda at: tf.io.gfile.rename(at("a.txt"), at("b.txt"), overwrite=True))
    act/rename_none: acted("", lambda at: tf.io.gfile.rename(at("none"), at("d.txt")))  # raises: No such file
    act/rename_directory: acted("", lambda at: tf.io.gfile.rename(at("sub"), at("new")))
    act/remove: acted("", lambda at: tf.io.gfile.remove(at("a.txt")))
    act/remove_none: acted("", lambda at: tf.io.gfile.remove(at("none")))  # raises: No such file or directory
    act/remove_directory: acted("", lambda at: tf.io.gfile.remove(at("sub")))  # raises: Is a directory
    act/mkdir: acted("", lambda at: tf.io.gfile.mkdir(at("m")))
    act/mkdir_there: acted("", lambda at: tf.io.gfile.mkdir(at("sub")))
    act/mkdir_deep: acted("", lambda at: tf.io.gfile.mkdir(at("m", "n")))  # raises: No such file or directory
    act/makedirs: acted("", lambda at: tf.io.gfile.makedirs(at("m", "n")))
    act/makedirs_there: acted("", lambda at: tf.io.gfile.makedirs(at("sub")))
    act/makedirs_file: acted("", lambda at: tf.io.gfile.makedirs(at("a.txt")))  # raises: is not a directory
    act/rmtree: acted("", lambda at: tf.io.gfile.rmtree(at("sub")))
    act/rmtree_file: acted("", lambda at: tf.io.gfile.rmtree(at("a.txt")))
    act/rmtree_none: acted("", lambda at: tf.io.gfile.rmtree(at("none")))  # raises: not found
    scheme/unknown: tf.io.gfile.exists("s3://x/y")  # raises: File system scheme 's3' not implemented
    scheme/file: tf.io.gfile.exists("file://" + folder().name)
    records/plain: record_file(tf, [b"a", b"", b"0123456789" * 30])
    records/none: record_file(tf, [])
    records/options: record_file(tf, [b"a"], tf.io.TFRecordOptions())
    records/gzip: record_file(tf, [b"a"], "GZIP", read=False)
    records/zlib: record_file(tf, [b"a"], "ZLIB", read=False)
    records/text: record_file(tf, ["abc"])
    records/number: record_file(tf, [3])  # raises
    records/tensor: record_file(tf, [tf.constant("a")])  # raises
    records/compression: record_file(tf, [b"a"], "X")  # raises: Not a valid compression_type: "X"
    records/nowhere: tf.io.TFRecordWriter(at("none/r"))  # raises: No such file or directory
    options/wrong: tf.io.TFRecordOptions("X")  # raises: Not a valid compression_type
    options/type: tf.io.TFRecordOptions("GZIP").compression_type
    options/map: tf.io.TFRecordOptions.compression_type_map
    options/texts: [tf.io.TFRecordOptions.get_compression_type_string(one) for one in ("GZIP", None, "", "ZLIB")]
""")


@case.raises("records/closed", says=["Writer is closed."])
def closed(tf):
    writer = tf.io.TFRecordWriter(at("r"))
    writer.close()
    writer.close()
    writer.write(b"a")
