"""What a request that fails is answered: a status, a sentence, and what a client may do."""

import json

from tapeflow.core.base import errors

# TensorFlow's code -> HTTP's, as TensorFlow Serving maps them.
_STATUS = {
    errors.CANCELLED: 499,
    errors.INVALID_ARGUMENT: 400,
    errors.DEADLINE_EXCEEDED: 504,
    errors.NOT_FOUND: 404,
    errors.ALREADY_EXISTS: 409,
    errors.PERMISSION_DENIED: 403,
    errors.RESOURCE_EXHAUSTED: 429,
    errors.FAILED_PRECONDITION: 400,
    errors.ABORTED: 409,
    errors.OUT_OF_RANGE: 400,
    errors.UNIMPLEMENTED: 501,
    errors.UNAVAILABLE: 503,
    errors.UNAUTHENTICATED: 401,
}
_RETRY_SECONDS = 1
_NAMES = {
    number: name
    for name, number in vars(errors).items()
    if isinstance(number, int) and not isinstance(number, bool) and name.isupper()
}


class Refusal(Exception):
    """A request that is not answered with a result.

    Attributes:
        status: HTTP's status.
        code: The name of TensorFlow's code, for the metrics.
        message: A sentence.
    """

    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    @property
    def headers(self):
        """Extra headers: after what passes by itself, a client may ask again."""
        return [(b"retry-after", str(_RETRY_SECONDS).encode())] if self.status in (429, 503) else []

    @property
    def body(self):
        """The answer's body."""
        return json.dumps({"error": self.message}, ensure_ascii=False).encode("utf-8", "replace")


def invalid(message):
    """A `Refusal` of a request that is wrong."""
    return Refusal(400, "INVALID_ARGUMENT", message)


def not_found(message):
    """A `Refusal` of a request for something that is not there."""
    return Refusal(404, "NOT_FOUND", message)


def code_name(error):
    """The name of TensorFlow's code for an error."""
    if isinstance(error, errors.OpError):
        return _NAMES.get(error.error_code, "UNKNOWN")
    if isinstance(error, (ValueError, TypeError)):
        return "INVALID_ARGUMENT"
    return "NOT_FOUND" if isinstance(error, FileNotFoundError) else "INTERNAL"


def message_of(error):
    """What an error says, without the lines about this machine's files."""
    text = error.message if isinstance(error, errors.OpError) else str(error)
    return text or type(error).__name__


def from_error(error):
    """The `Refusal` for an error that a model ended in.

    What TensorFlow has a code for, keeps it. A `ValueError` or a `TypeError` comes from values or shapes that the
    model cannot take; all else is the server's fault.
    """
    if isinstance(error, Refusal):
        return error
    code = code_name(error)
    return Refusal(_STATUS.get(getattr(errors, code), 500), code, message_of(error))
