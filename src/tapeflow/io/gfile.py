"""`tf.io.gfile`: files and directories."""

from tapeflow.core.base.file_tree import (
    copy,
    exists,
    get_registered_schemes,
    glob,
    isdir,
    join,
    listdir,
    makedirs,
    mkdir,
    remove,
    rename,
    rmtree,
    stat,
    walk,
)
from tapeflow.core.base.open_file import GFile
