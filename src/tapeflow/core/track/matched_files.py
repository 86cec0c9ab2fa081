"""`tf.io.match_filenames_once`: the names of files, looked up once."""

from tapeflow.core.ops.defs.file import matching_files
from tapeflow.core.values.variable import Variable


def match_filenames_once(pattern, name=None):
    """Keeps the names of the files that match a pattern, or any of several.

    Args:
        pattern: A string, or a list of them.
        name: Optional name.

    Returns:
        A variable of strings that is not trained.
    """
    return Variable(matching_files(pattern), trainable=False, validate_shape=False, name=name)
