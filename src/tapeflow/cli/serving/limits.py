"""What clients may use: bytes, requests, seconds; and the bodies of their requests, read within that."""

import zlib
from dataclasses import dataclass

from tapeflow.cli.serving.refusal import Refusal, invalid


@dataclass(frozen=True, slots=True)
class Limits:
    """What a client may use.

    Attributes:
        body: Bytes of a request's body.
        bodies: Bytes of the bodies of all requests in flight.
        in_flight: Requests that are worked on at once.
        seconds: Time for a request, with reading its body.
        drain: Seconds that requests have at the end.
    """

    body: int = 64 << 20
    bodies: int = 1 << 30
    in_flight: int = 1024
    seconds: float = 60.0
    drain: float = 30.0


@dataclass(slots=True)
class Held:
    """Bytes that a request takes up."""

    size: int = 0


class Bodies:
    """Reads the bodies of requests, and keeps count of what all of them take up.

    Args:
        limits: The `Limits`.
    """

    def __init__(self, limits):
        self._limits = limits
        self._held = 0

    async def read(self, scope, receive, held):
        """The bytes of a request's body, unpacked if they are packed.

        Args:
            scope, receive: The request.
            held: The `Held` of the request.

        Raises:
            Refusal: There are too many, or they are packed in an unknown way.
        """
        encoding = _encoding(scope, self._limits.body)
        body, more = bytearray(), True
        while more:
            event = await receive()
            if event["type"] == "http.disconnect":
                raise Refusal(499, "CANCELLED", "the client has gone")
            chunk, more = event.get("body", b""), event.get("more_body", False)
            self._hold(held, len(chunk))
            if held.size > self._limits.body:
                raise _too_large(self._limits.body)
            body += chunk
        if encoding == b"gzip":
            body = _unpacked(body, self._limits.body)
            self._hold(held, len(body))
        return bytes(body)

    def release(self, held):
        """Takes a request that is done out of the count."""
        self._held -= held.size

    def _hold(self, held, size):
        held.size += size
        self._held += size
        if self._held > self._limits.bodies:
            sentence = f"the requests in flight hold more than {self._limits.bodies} bytes: ask again later"
            raise Refusal(429, "RESOURCE_EXHAUSTED", sentence)


def _encoding(scope, limit):
    """How a request's body is packed.

    Raises:
        Refusal: In an unknown way, or there is too much of it.
    """
    encoding = b"identity"
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value[:20]) > limit:
            raise _too_large(limit)
        if name == b"content-encoding":
            encoding = value.strip().lower()
    if encoding not in (b"identity", b"gzip"):
        raise Refusal(415, "INVALID_ARGUMENT", "Content-Encoding must be gzip or identity")
    return encoding


def _unpacked(body, limit):
    unpacking = zlib.decompressobj(wbits=31)
    try:
        found = unpacking.decompress(body, limit + 1)
    except zlib.error as error:
        raise invalid(f"the body is not in gzip's format: {error}") from error
    if len(found) > limit:
        raise _too_large(limit)
    if not unpacking.eof or unpacking.unused_data:
        raise invalid("the body is not one complete stream in gzip's format")
    return found


def _too_large(limit):
    return Refusal(413, "RESOURCE_EXHAUSTED", f"the body is larger than {limit} bytes")
