"""The directory of a SavedModel: where its message is, and what of it may be trusted."""

import os

from tapeflow.core.base import local_files
from tapeflow.core.base.errors import DataLossError, InvalidArgumentError, UnimplementedError
from tapeflow.core.base.messages import message

BINARY, TEXT, CHUNKED = "saved_model.pb", "saved_model.pbtxt", "saved_model.cpb"
VARIABLES = os.path.join("variables", "variables")
_LARGEST = 1 << 31  # what a message may be


class DamagedModel(DataLossError, OSError):
    """A SavedModel that cannot be read: TensorFlow raises OSError."""


def contains_saved_model(export_dir):
    """Returns whether a directory holds a SavedModel.

    Args:
        export_dir: Path of the directory.
    """
    folder = os.fsdecode(export_dir)
    return any(local_files.is_file(os.path.join(folder, name)) for name in (BINARY, TEXT, CHUNKED))


def read(export_dir):
    """The `SavedModel` message of a directory.

    Raises:
        OSError: There is none, or it is damaged.
    """
    folder = os.fsdecode(export_dir)
    place = os.path.join(folder, BINARY)
    if local_files.is_file(place):
        return _parsed(place)
    place = os.path.join(folder, TEXT)
    if local_files.is_file(place):
        return _parsed_text(place)
    if local_files.is_file(os.path.join(folder, CHUNKED)):
        raise UnimplementedError(
            f"{folder} holds a model in chunks ({CHUNKED})",
            hint="save it without SaveOptions(experimental_image_format=True)",
        )
    raise OSError(f"SavedModel file does not exist at: {folder}/{{{TEXT}|{BINARY}}}")


def _content(place):
    size = local_files.size(place)
    if size > _LARGEST:
        raise DamagedModel(f"Cannot parse file {place}: {size} bytes are more than a message may have")
    return local_files.read(place)


def _parsed(place):
    from google.protobuf.message import DecodeError  # lazy: protobuf is slow to import

    try:
        return message("SavedModel").FromString(_content(place))
    except (DecodeError, RecursionError, MemoryError) as error:
        raise DamagedModel(f"Cannot parse file {place}: {error}") from error


def _parsed_text(place):
    from google.protobuf import text_format  # lazy: as above

    try:
        return text_format.Parse(
            _content(place).decode("utf-8"), message("SavedModel")(), descriptor_pool=None, allow_unknown_field=True
        )
    except (text_format.ParseError, UnicodeDecodeError, RecursionError) as error:
        raise DamagedModel(f"Cannot parse file {place}: {error}") from error


def meta_graph(model, export_dir, tags=None):
    """The meta graph of a model that has the tags.

    Args:
        model: The `SavedModel` message.
        export_dir: The directory, for messages.
        tags: Sequence of strings or one string; None if the model has one meta graph.

    Raises:
        ValueError: There is none, or more than one and no tags.
    """
    tags = [tags] if isinstance(tags, str) else tags
    graphs = model.meta_graphs
    if not graphs:
        raise DamagedModel(f"Cannot parse file {export_dir}: it holds no graph")
    if len(graphs) == 1:
        own = list(graphs[0].meta_info_def.tags)
        if tags is not None and set(tags) != set(own):
            raise ValueError(
                f"Got an incompatible argument to `tags`: {tags}. The SavedModel at {export_dir} has one MetaGraph "
                f"with tags {own}. You may omit the argument, pass 'None', or pass matching tags."
            )
        return graphs[0]
    for graph in graphs:
        if tags is not None and set(tags) == set(graph.meta_info_def.tags):
            return graph
    known = [list(graph.meta_info_def.tags) for graph in graphs]
    raise ValueError(
        f"Importing a SavedModel with `tf.saved_model.load` requires a `tags` argument if there is more than one "
        f"MetaGraph. Got `tags={tags}`, but there are {len(graphs)} MetaGraphs in the SavedModel with tag sets: "
        f"{known}. Pass a `tags=` argument to load this SavedModel."
    )


def asset_path(export_dir, filename):
    """The path of an asset.

    Raises:
        InvalidArgumentError: It lies outside of the model's directory.
    """
    folder = os.path.join(os.fsdecode(export_dir), "assets")
    inside = os.path.normpath(filename)
    if "\0" in filename or os.path.isabs(filename) or inside.split(os.sep)[0] in ("..", ".", ""):
        raise InvalidArgumentError(f"the asset {filename!r} of {export_dir} lies outside of its directory")
    return os.path.join(folder, inside)
