"""What a request's body asks for: a signature, and the tensors to call it with."""

import json
from dataclasses import dataclass

from tapeflow.cli.serving.refusal import invalid
from tapeflow.cli.serving.tensors import array_of, check_shape, is_base64, shown

_BOM = b"\xef\xbb\xbf"


@dataclass(slots=True)
class Question:
    """A call of a signature.

    Attributes:
        inputs: Name -> array.
        by_row: Whether the answer is a list with an element for each row ("instances"), or one tensor by name.
    """

    inputs: dict
    by_row: bool


def document(body):
    """The JSON object that a body holds.

    Raises:
        Refusal: It holds something else.
    """
    if not body:
        raise invalid("JSON Parse error: The document is empty")
    try:
        parsed = json.loads(body.removeprefix(_BOM).decode())
    except UnicodeDecodeError as error:
        raise invalid(f"JSON Parse error: byte {error.start} is no UTF-8") from error
    except json.JSONDecodeError as error:
        raise invalid(f"JSON Parse error: {error.msg} at offset: {error.pos}") from error
    except RecursionError as error:
        raise invalid("JSON Parse error: lists and objects are nested too deep") from error
    except ValueError as error:  # a number of thousands of digits
        raise invalid(f"JSON Parse error: {error}") from error
    if type(parsed) is not dict:
        raise invalid(f"the body must be a JSON object, got {shown(parsed)}")
    return parsed


def signature_name(parsed):
    """Which signature a body names."""
    name = parsed.get("signature_name", "")
    if type(name) is not str:
        raise invalid(f"'signature_name' key must be a string value, got {shown(name)}")
    return name or "serving_default"


def tensors_of(parsed, signature, body):
    """The `Question` of a predict request.

    Args:
        parsed: The body's object.
        signature: The `Signature` that it names.
        body: Its bytes.
    """
    if "instances" in parsed and "inputs" in parsed:
        raise invalid("the body has both 'inputs' and 'instances': give one of them")
    if "instances" in parsed:
        values, places, by_row = *_columns(parsed["instances"], signature.inputs), True
    elif "inputs" in parsed:
        values, places, by_row = *_named(parsed["inputs"], signature.inputs), False
    else:
        raise invalid("Missing 'inputs' or 'instances' key")
    arrays = {}
    for name, spec in signature.inputs.items():
        arrays[name] = array_of(values[name], spec.dtype, places[name], body)
        check_shape(arrays[name], spec, name)
    return Question(arrays, by_row)


def _columns(instances, specs):
    """The values of each input over all rows."""
    if type(instances) is not list:
        raise invalid(f"Expecting 'instances' value to be a list, got {shown(instances)}")
    if not instances:
        raise invalid("No values in 'instances' array")
    first = instances[0]
    if type(first) is not dict or is_base64(first):
        if len(specs) != 1:
            raise invalid(
                f"'instances' is a plain list, but the signature takes {len(specs)} inputs: give a list of objects "
                f"with the keys {', '.join(specs)}"
            )
        (name,) = specs
        return {name: instances}, {name: "instances"}
    names = set(specs)
    for i, row in enumerate(instances):
        if type(row) is not dict or row.keys() != names:
            got = ", ".join(map(repr, row)) if type(row) is dict else shown(row)
            raise invalid(f"instances[{i}]: expecting an object with the keys {', '.join(specs)}; got {got[:200]}")
    return {name: [row[name] for row in instances] for name in specs}, {name: f"instances, '{name}'" for name in specs}


def _named(inputs, specs):
    """The value of each input."""
    if type(inputs) is dict and not is_base64(inputs):
        missing = [name for name in specs if name not in inputs]
        if missing:
            raise invalid(f"Missing named input: {', '.join(missing)} in 'inputs' object")
        return inputs, {name: f"inputs, '{name}'" for name in specs}
    if len(specs) != 1:
        raise invalid(
            f"'inputs' is a plain value or list, but the signature takes {len(specs)} inputs: give an object with "
            f"the keys {', '.join(specs)}"
        )
    (name,) = specs
    return {name: inputs}, {name: "inputs"}
