"""Reading single tensors of checkpoints, without objects."""

import os

from tapeflow.core.base import file_tree, local_files, remote_files
from tapeflow.core.base.bundle import Bundle, exists
from tapeflow.core.base.errors import DataLossError, NotFoundError
from tapeflow.core.files.checkpoint_state import latest_checkpoint
from tapeflow.core.files.safetensors_file import ENDING, SafetensorsFile


class CheckpointReader:
    """A checkpoint to read from.

    Args:
        filename: The checkpoint's name.

    Raises:
        NotFoundError: There is none.
    """

    def __init__(self, filename):
        self._bundle = opened(filename)

    def has_tensor(self, tensor_str):
        """Whether there is a tensor of this name."""
        return tensor_str in self._bundle.entries

    def get_tensor(self, tensor_str):
        """Returns the value of a tensor as NumPy has it.

        Raises:
            NotFoundError: There is none of this name.
        """
        with self._bundle as bundle:
            array = bundle.read(tensor_str)
        return array if array.ndim else array[()]

    def get_variable_to_shape_map(self):
        """Returns name -> shape, a list."""
        return {name: list(entry.shape) for name, entry in self._bundle.entries.items()}

    def get_variable_to_dtype_map(self):
        """Returns name -> `tf.DType`."""
        return {name: entry.dtype for name, entry in self._bundle.entries.items()}

    def debug_string(self):
        """Returns a line on each tensor, as bytes."""
        entries = self._bundle.entries.items()
        return "\n".join(f"{name} (DT_{one.dtype.name.upper()}) {list(one.shape)}" for name, one in entries).encode()


def opened(prefix):
    """The `Bundle` of a checkpoint, or the `SafetensorsFile` of a name that ends so.

    Raises:
        NotFoundError: There is none; the error names those that are.
        DataLossError: There is a file of this very name, which is something else.
    """
    place = os.fsdecode(prefix)
    try:
        return (SafetensorsFile if place.endswith(ENDING) else Bundle)(prefix)
    except NotFoundError:
        if file_tree.exists(place) and not file_tree.isdir(place):
            raise DataLossError(
                f"Unable to open table file {local_files.shown(prefix)}: DATA_LOSS: not an sstable (bad magic number): "
                "perhaps your file is in a different file format and you need to use a different restore operator?"
            ) from None
        raise not_found(prefix) from None


def not_found(prefix):
    """The error for a checkpoint that is not there; a name without its number is pointed out."""
    name = os.path.basename(os.fsdecode(prefix))
    hint = None
    folder = remote_files.folder_of(os.fsdecode(prefix)) or "."
    if file_tree.isdir(folder):
        others = sorted(one[:-6] for one in file_tree.listdir(folder) if one.endswith(".index"))
        near = [one for one in others if one.startswith(name)] or others
        hint = f"there is {', '.join(near[:5])}" if near else "there are no checkpoints in that directory"
    return NotFoundError(
        "Unsuccessful TensorSliceReader constructor: Failed to find any matching files for "
        f"{local_files.shown(prefix)}",
        hint=hint,
    )


def load_checkpoint(ckpt_dir_or_file):
    """Returns a `CheckpointReader`.

    Args:
        ckpt_dir_or_file: The name of a checkpoint, or a directory, whose newest is taken; or a safetensors file.

    Raises:
        ValueError: The directory has none.

    >>> import os, tempfile
    >>> path = tf.train.Checkpoint(a=tf.Variable([1.0, 2.0])).write(os.path.join(tempfile.mkdtemp(), "c"))
    >>> tf.train.load_checkpoint(path).get_tensor("a/.ATTRIBUTES/VARIABLE_VALUE")
    array([1., 2.], dtype=float32)
    """
    return CheckpointReader(_checkpoint_name(os.fspath(ckpt_dir_or_file)))


def _checkpoint_name(place):
    if file_tree.isdir(place) and not exists(place):
        newest = latest_checkpoint(place)
        if newest is None:
            raise ValueError(
                f"Couldn't find 'checkpoint' file or checkpoints in given directory {place}"
            )
        return newest
    return place


def load_variable(ckpt_dir_or_file, name):
    """Returns the value of a tensor of a checkpoint as NumPy has it.

    Args:
        ckpt_dir_or_file: The name of a checkpoint, or a directory, whose newest is taken.
        name: The tensor; `:0` at its end is left away.
    """
    return load_checkpoint(ckpt_dir_or_file).get_tensor(name.removesuffix(":0"))


def list_variables(ckpt_dir_or_file):
    """Returns (name, shape) of every tensor of a checkpoint, by name.

    Args:
        ckpt_dir_or_file: The name of a checkpoint, or a directory, whose newest is taken.
    """
    return sorted(load_checkpoint(ckpt_dir_or_file).get_variable_to_shape_map().items())


def init_from_checkpoint(ckpt_dir_or_file, assignment_map):
    """Gives variables the values that a checkpoint has under their names.

    Differs from TensorFlow: at once, and for variables only, not for scopes of names.

    Args:
        ckpt_dir_or_file: The name of a checkpoint, or a directory, whose newest is taken.
        assignment_map: Name in the checkpoint -> variable, or (name, variable) pairs.

    Raises:
        ValueError: The checkpoint has no such name, or the shapes differ.
        TypeError: Something is not a variable.
    """
    reader = load_checkpoint(ckpt_dir_or_file)
    shapes = reader.get_variable_to_shape_map()
    pairs = assignment_map.items() if isinstance(assignment_map, dict) else assignment_map
    for name, variable in pairs:
        if not hasattr(variable, "assign"):
            raise TypeError(f"{name}: a variable is needed, got {variable!r}; scopes of names are not supported")
        if name not in shapes:
            raise ValueError(f"Tensor {name} is not found in {ckpt_dir_or_file} checkpoint {shapes}")
        if not variable.shape.is_compatible_with(shapes[name]):
            raise ValueError(
                f"Shape of variable {variable.name} ({variable.shape}) doesn't match with shape of tensor {name} "
                f"({shapes[name]}) from checkpoint reader."
            )
        variable.assign(reader.get_tensor(name))
