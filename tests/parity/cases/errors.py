"""tf.errors: classes, codes, attributes; which error common mistakes end in."""

from tests.parity.case import Family

case = Family(__name__)

CLASSES = """
    AbortedError AlreadyExistsError CancelledError DataLossError DeadlineExceededError FailedPreconditionError
    InternalError InvalidArgumentError NotFoundError OutOfRangeError PermissionDeniedError ResourceExhaustedError
    UnauthenticatedError UnavailableError UnimplementedError UnknownError
""".split()
for name in CLASSES:
    case(f"{name}/code", lambda tf, name: getattr(tf.errors, name)(None, None, "words").error_code, name)
    case(f"{name}/text", lambda tf, name: str(getattr(tf.errors, name)(None, None, "words")), name)
    case(f"{name}/message", lambda tf, name: getattr(tf.errors, name)(None, None, "words").message, name)
    case(
        f"{name}/is_an_OpError",
        lambda tf, name: issubclass(getattr(tf.errors, name), tf.errors.OpError),
        name,
    )
CODES = """
    ABORTED ALREADY_EXISTS CANCELLED DATA_LOSS DEADLINE_EXCEEDED FAILED_PRECONDITION INTERNAL INVALID_ARGUMENT NOT_FOUND
    OK OUT_OF_RANGE PERMISSION_DENIED RESOURCE_EXHAUSTED UNAUTHENTICATED UNAVAILABLE UNIMPLEMENTED UNKNOWN
""".split()
for name in CODES:
    case(f"code/{name}", lambda tf, name: getattr(tf.errors, name), name)

case.table("""
    OpError/fields: _fields(tf.errors.OpError(None, None, "words", 3))
    OpError/args: [str(a) for a in tf.errors.OpError(None, None, "words", 3).args]
    OpError/payloads: dict(tf.errors.InvalidArgumentError(None, None, "words").experimental_payloads)
    OpError/payloads_given: tf.errors.InvalidArgumentError(None, None, "w", {"a": "b"}).experimental_payloads["a"]
    caught/by_base: _caught(tf, tf.errors.OpError)
    caught/has_a_message: "Incompatible shapes" in _error(tf).message
    caught/code: _error(tf).error_code
    caught/op: _error(tf).op
    caught/node_def: _error(tf).node_def
    missing/argument: tf.reshape([1])  # raises
    missing/two_arguments: tf.matmul()  # raises
    surplus/argument: tf.exp(1.0, "n", 3)  # raises
    surplus/keyword: tf.reduce_sum([1], keep_dims=True)  # raises: keep_dims
    surplus/same_twice: tf.exp(1.0, x=2.0)  # raises: x
    name/not_text: tf.add(1, 2, name=3)
    name/wrong_but_unused: tf.exp(1.0, name="a b c")
""")


def _error(tf):
    try:
        tf.constant([1, 2]) + tf.constant([1, 2, 3])
    except tf.errors.InvalidArgumentError as error:
        return error


def _caught(tf, kind):
    try:
        tf.constant([1, 2]) + tf.constant([1, 2, 3])
    except kind as error:
        return type(error).__name__


def _fields(error):
    return error.node_def, error.op, error.message, error.error_code
