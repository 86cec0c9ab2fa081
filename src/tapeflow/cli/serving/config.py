"""TensorFlow Serving's model configuration files, as protobuf text or as the same in JSON."""

from pathlib import Path

from tapeflow.cli.serving.source import ModelSource, Policy, checked_name
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.messages import message

_LARGEST = 1 << 20


def read(path: Path) -> list[ModelSource]:
    """The models that a file lists.

    Args:
        path: A file with a `ModelServerConfig`; relative base paths in it start at its directory.

    Raises:
        OSError: It cannot be read.
        InvalidArgumentError: It says something else, or names a directory that is not there.
    """
    from google.protobuf import json_format, text_format  # lazy: protobuf is slow to import

    if path.stat().st_size > _LARGEST:
        raise InvalidArgumentError(f"{path} is too large for a configuration")
    config = message("ModelServerConfig")()
    try:
        text = path.read_text(encoding="utf-8")
        if text.lstrip().startswith("{"):
            json_format.Parse(text, config)
        else:
            text_format.Parse(text, config)
    except (json_format.ParseError, text_format.ParseError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidArgumentError(f"{path} is no model_config_list: {error}") from error
    sources = [_source(one, path) for one in config.model_config_list.config]
    if not sources:
        raise InvalidArgumentError(f"{path} lists no models: a model_config_list with a config for each is wanted")
    return sources


def _source(config, path):
    name = checked_name(config.name)
    if config.model_platform not in ("", "tensorflow"):
        raise InvalidArgumentError(f"{path}: model '{name}' is for {config.model_platform}, not for tensorflow")
    base = (path.parent / config.base_path).absolute()
    if not config.base_path or not base.exists():
        raise InvalidArgumentError(f"{path}: model '{name}': there is no {base if config.base_path else 'base_path'}")
    return ModelSource(name, base, _policy(config.model_version_policy), dict(config.version_labels))


def _policy(policy):
    choice = policy.WhichOneof("policy_choice")
    if choice == "specific":
        return Policy(None, tuple(policy.specific.versions))
    return Policy(None) if choice == "all" else Policy(policy.latest.num_versions or 1)
