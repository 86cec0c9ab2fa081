"""Hashes of strings, TensorFlow's values bit for bit: see `core/base/farmhash.py` for the algorithms."""

import numpy as np

from tapeflow.core.base.byte_strings import listed, shape_of
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.farmhash import fingerprints, murmur64, siphash
from tapeflow.core.ops.defs.string_text import WORDS, same_shape
from tapeflow.core.ops.op import op


def _buckets(hashes, num_buckets, shape):
    if num_buckets < 1:
        raise InvalidArgumentError(f"Value for attr 'num_buckets' of {num_buckets} must be at least minimum 1")
    return (hashes % np.uint64(num_buckets)).astype(np.int64).reshape(shape)[()]


to_hash_bucket = op(
    "StringToHashBucket", "string_tensor: string, *, num_buckets: int -> output: int64", grad=None, shape=same_shape,
    kernel=lambda x, *, num_buckets: _buckets(murmur64(listed(x)), num_buckets, shape_of(x)),
    samples=lambda draw: (WORDS, 10),
)  # fmt: skip
to_hash_bucket_fast = op(
    "StringToHashBucketFast", "input: string, *, num_buckets: int -> output: int64", grad=None, shape=same_shape,
    kernel=lambda x, *, num_buckets: _buckets(fingerprints(listed(x)), num_buckets, shape_of(x)),
    samples=lambda draw: (WORDS, 10),
    doc="Which of `num_buckets` buckets each string falls into, by FarmHash Fingerprint64.",
)  # fmt: skip


def _strong(x, *, num_buckets, key):
    if len(key) != 2:
        raise InvalidArgumentError("Key must have 2 elements")
    return _buckets(siphash(listed(x), key), num_buckets, shape_of(x))


to_hash_bucket_strong = op(
    "StringToHashBucketStrong", "input: string, *, num_buckets: int, key: list(int) -> output: int64", grad=None,
    shape=same_shape, kernel=_strong, samples=lambda draw: (WORDS, 10, [1, 2]),
    doc="Which of `num_buckets` buckets each string falls into, by SipHash under a key of two integers.",
)  # fmt: skip


def _fingerprint(data, method):
    method = method if isinstance(method, bytes) else method[()]
    if method != b"farmhash64":
        raise InvalidArgumentError(f"Unsupported fingerprint method: {method.decode('utf-8', 'replace')}")
    if not np.ndim(data):
        raise InvalidArgumentError("`data` should have at least one dimension: []")
    if data.dtype != object:
        rows = data.reshape(len(data), -1) if len(data) else data
        return _as_bytes(fingerprints([row.tobytes() for row in rows]))
    hashes = fingerprints(listed(data)).reshape(len(data), -1) if data.size else np.zeros((len(data), 1), np.uint64)
    # Rows of more than one string: the fingerprint of their fingerprints.
    return _as_bytes(hashes[:, 0] if hashes.shape[1] == 1 else fingerprints([row.tobytes() for row in hashes]))


def _as_bytes(hashes):
    return np.ascontiguousarray(hashes, "<u8").view(np.uint8).reshape(len(hashes), 8)


fingerprint = op(
    "Fingerprint", "data: T, method: string -> fingerprint: uint8", T="any", kernel=_fingerprint, grad=None,
    elementwise=False, shape=lambda shapes, attrs: [(None if shapes[0] is None else shapes[0][0], 8)],
    samples=lambda draw: ([["a", "b"], ["c", "d"]], "farmhash64"),
)  # fmt: skip
