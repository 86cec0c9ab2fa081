"""Whether the rows of a signature are independent of each other, found out by calling it; and its first, slow calls."""

import numpy as np

_ROWS = 4
_FREE = 3  # what an unknown inner dimension is tried with
_TOLERANCE = {"float16": 2e-2, "bfloat16": 1e-1, "float32": 1e-3, "float64": 1e-6}
_WORDS = [b"", b"a", b"a b c", b"Zebra 17"]
_CALLS = 3  # a graph is interpreted twice before it is compiled


def shares_rows(signature):
    """Whether rows of several requests may go through one call of a signature.

    They may if the call changes nothing and every row's outputs are the same alone and among others: batch
    normalization in training mode, padding to the longest text of a batch, or a mean over the batch are not. It is
    tried with four rows, so it is evidence, and no proof.
    """
    if not (signature.is_pure and signature.has_rows):
        return False
    inputs = {name: _drawn(spec, _ROWS) for name, spec in signature.inputs.items()}
    try:
        together = signature.call(inputs)
        alone = [signature.call({k: x[i : i + 1] for k, x in inputs.items()}) for i in range(_ROWS)]
    except Exception:  # a model may end in anything on values that it does not take: that tells nothing
        return False
    return all(_same(together[k], [one[k] for one in alone]) for k in together)


def warm(signature, sizes):
    """Calls a signature until it is compiled for each number of rows; does nothing if a call changes something.

    Args:
        signature: The `Signature`.
        sizes: Numbers of rows, where they are free.
    """
    if not signature.is_pure:
        return
    for size in sizes if signature.has_rows else (1,):
        inputs = {name: _drawn(spec, size) for name, spec in signature.inputs.items()}
        try:
            for _ in range(_CALLS):
                signature.call(inputs)
        except Exception:  # as above: the model is served, its first requests take longer
            return


def _drawn(spec, rows):
    """Values for an input, the same at every call."""
    rank = spec.shape.rank
    shape = [1] if rank is None else [_FREE if n is None else n for n in spec.shape]
    if shape and rank is not None and spec.shape[0] is None:
        shape[0] = rows
    count = int(np.prod(shape, dtype=np.int64))
    if spec.dtype.name == "string":
        array = np.empty(count, object)
        array[:] = [_WORDS[i % len(_WORDS)] for i in range(count)]
        return array.reshape(shape)
    draw = np.random.default_rng(7)
    if spec.dtype.is_bool:
        return draw.random(shape) < 0.5
    if spec.dtype.is_integer:
        return draw.integers(0, 2, shape).astype(spec.dtype.as_numpy_dtype)
    return draw.standard_normal(shape).astype(spec.dtype.as_numpy_dtype)


def _same(together, alone):
    if together.shape[:1] != (_ROWS,) or any(one.shape != (1, *together.shape[1:]) for one in alone):
        return False
    stacked = np.concatenate(alone)
    tolerance = _TOLERANCE.get(together.dtype.name)
    if tolerance is None:
        return bool(np.array_equal(together, stacked))
    together, stacked = together.astype(np.float64), stacked.astype(np.float64)
    scale = np.abs(stacked[np.isfinite(stacked)]).max(initial=0.0)
    return bool(np.allclose(together, stacked, rtol=tolerance, atol=tolerance * scale * 0.1, equal_nan=True))
