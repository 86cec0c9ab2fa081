"""Messages of shapes, dtypes and specs: made in the files room, asked for here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tapeflow.core.base.errors import UnimplementedError


@dataclass(slots=True, frozen=True)
class Converter:
    """How values of one kind are written as messages.

    Attributes:
        message: () -> the message class.
        encode: value -> message.
        decode: message -> value.
    """

    message: Callable[[], Any]
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]


# "shape", "dtype", "tensor_spec", "type_spec" -> Converter; the files room fills it.
converters: dict[str, Converter] = {}


def converter(kind: str) -> Converter:
    """The converter of a kind of value.

    Raises:
        UnimplementedError: If the room that makes messages has not been loaded.
    """
    try:
        return converters[kind]
    except KeyError:
        raise UnimplementedError(
            f"protocol buffer messages of a {kind.replace('_', ' ')} are not available in this process",
            hint="use repr, or the list of sizes of a shape and the name of a dtype",
        ) from None
