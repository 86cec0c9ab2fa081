"""What the server tells of its models: the state of their versions, and their signatures, in protobuf's JSON."""

import json
from functools import cache

from tapeflow.cli.serving.refusal import Refusal, not_found


def status(model, number=None):
    """The JSON of a model's versions, or of one of them."""
    versions = model.versions
    if number is not None:
        if number not in versions:
            raise not_found(f"Could not find version {number} of model {model.name}")
        found = [versions[number]]
    else:
        found = list(versions.values())
    if not found:
        raise not_found(f"Could not find any versions of model {model.name}")
    return json.dumps({"model_version_status": [version.status for version in found]}, indent=1).encode()


def metadata(name, version):
    """The JSON of a version's signatures."""
    servable = version.servable
    if servable is None:
        raise Refusal(503, "UNAVAILABLE", f"version {version.number} of {name} is being unloaded")
    definitions = {key: _plain(one) for key, one in sorted(servable.definitions.items())}
    return json.dumps(
        {
            "model_spec": {"name": name, "signature_name": "", "version": str(version.number)},
            "metadata": {"signature_def": {"signature_def": definitions}},
        },
        indent=1,
    ).encode()


def _plain(definition):
    """A `SignatureDef` message as protobuf writes it: names as in the declaration, default values too."""
    return _printer()(definition, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)


@cache
def _printer():
    from google.protobuf.json_format import MessageToDict  # lazy: only for metadata

    return MessageToDict
