"""What `tf.test.TestCase` asserts of values: numbers near one another, equal arrays, ranges, dtypes, shapes."""

import math
from collections import namedtuple
from collections.abc import Mapping

import numpy as np

from tapeflow.core.base import dtypes, nest
from tapeflow.core.base.errors import OpError
from tapeflow.core.base.mode import current
from tapeflow.core.graph.node import Node
from tapeflow.core.values.indexed_slices import IndexedSlices
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.tensor import Tensor
from tapeflow.core.values.variable import Variable

IndexedSlicesValue = namedtuple("IndexedSlicesValue", ["values", "indices", "dense_shape"])


def evaluate(values):
    """The values as NumPy has them: tensors and variables of a nested structure become arrays.

    Where a graph is being captured, a session computes what is of it.
    """
    if current.graph is not None:
        return _fetched(values)
    return None if values is None else nest.map_structure(_evaluated, values)


def _fetched(values):
    from tapeflow.core.files.graph_import import Session  # lazy: few tests capture graphs by hand

    flat = nest.flatten(values, expand_composites=True)
    known = [i for i, x in enumerate(flat) if isinstance(x, (Symbol, Node, Variable))]
    found = dict(zip(known, Session().run([flat[i] for i in known]), strict=True))
    results = [found[i] if i in found else _evaluated(x) for i, x in enumerate(flat)]
    return nest.pack_sequence_as(values, results, expand_composites=True)


def _evaluated(value):
    if callable(value) and not isinstance(value, (Tensor, Variable)):
        return evaluate(value())
    if hasattr(value, "nested_row_splits") and hasattr(value, "to_list"):
        return value
    if isinstance(value, IndexedSlices):
        size = value.dense_shape
        return IndexedSlicesValue(value.values.numpy(), value.indices.numpy(), None if size is None else size.numpy())
    return value.numpy() if hasattr(value, "numpy") else value


def array(value):
    """The value as an array; bfloat16, which NumPy promotes to nothing, as float32."""
    if isinstance(value, (Symbol, Variable)) and current.graph is not None:
        value = evaluate(value)
    if isinstance(value, (np.ndarray, np.generic)):
        found = np.asarray(value)
    elif isinstance(value, (Tensor, Variable)) or hasattr(value, "numpy"):
        found = np.asarray(value.numpy())
    elif isinstance(value, (list, tuple)):
        found = np.array(nest.map_structure(lambda x: x if callable(x) else _evaluated(x), value))
    else:
        found = np.array(value)
    return found.astype(np.float32) if found.dtype.name == "bfloat16" else found


def _dtype_name(value):
    """The name of the dtype, also where `array` would hide a bfloat16."""
    dtype = getattr(value, "dtype", None)
    return array(value).dtype.name if dtype is None else dtypes.as_dtype(dtype).name


def _plainly_equal(a, b):
    """Whether two values are equal as Python has it; False where it cannot say, as of arrays in dicts."""
    try:
        return bool(a == b)
    except (TypeError, ValueError, OpError):
        return False


def _fields(value):
    """A mapping of the parts of a dict, named tuple or attrs object, None for anything else."""
    if isinstance(value, Mapping):
        return value
    if hasattr(value, "_asdict"):
        return value._asdict()
    attributes = getattr(type(value), "__attrs_attrs__", None)
    return None if attributes is None else {field.name: getattr(value, field.name) for field in attributes}


class Comparisons:
    """The assertions, to be mixed into a `unittest.TestCase`."""

    def evaluate(self, tensors):
        """Values of a nested structure of tensors and variables, as NumPy arrays."""
        return evaluate(tensors)

    def evaluate_if_both_tensors(self, a, b):
        """Both values as they are: tensors have been evaluated."""
        return a, b

    def _GetNdArray(self, a):
        """The value as an array, of objects if its rows differ in length: what other packages' tests call."""
        try:
            return array(a)
        except ValueError as error:
            if "inhomogeneous shape" not in str(error):
                raise
            return np.array(a, dtype=object)

    # -- equal and near ------------------------------------------------------------------------------

    def _same_shapes(self, a, b, msg):
        if a.shape != b.shape:
            self.fail(self._formatMessage(msg, f"Shape mismatch: expected {a.shape}, got {b.shape}."))

    def assertAllClose(self, a, b, rtol=1e-6, atol=1e-6, msg=None):
        """Checks that two structures hold the same numbers: |a - b| <= atol + rtol |b|; NaN is like NaN.

        Args:
            a, b: Numbers, arrays, tensors, or nested lists, tuples and dicts of them, of one structure.
            rtol, atol: Relative and absolute tolerance.
            msg: Added to the message of a failure.
        """
        self._close(a, b, rtol, atol, msg, "")

    def _close(self, a, b, rtol, atol, msg, path):
        parts = _fields(a), _fields(b)
        if any(part is not None for part in parts):
            if None in parts:
                raise ValueError(f"Can't compare dict to non-dict, a{path} vs b{path}. {msg or ''}")
            left, right = parts
            self.assertCountEqual(left.keys(), right.keys(), f"mismatched keys: a{path}, b{path}. {msg or ''}")
            for key in left:
                self._close(left[key], right[key], rtol, atol, msg, f"{path}[{key!r}]")
        elif hasattr(a, "nested_row_splits") or hasattr(b, "nested_row_splits"):
            self._close(*(x.to_list() if hasattr(x, "to_list") else x for x in (a, b)), rtol, atol, msg, path)
        elif isinstance(a, (list, tuple)) and not self._is_rectangular(a, b):
            if len(a) != len(b):
                self.fail(f"Mismatched length: a{path} has {len(a)} items, but b{path} has {len(b)} items. {msg or ''}")
            for i, (one, other) in enumerate(zip(a, b, strict=True)):
                self._close(one, other, rtol, atol, msg, f"{path}[{i}]")
        else:
            self._close_arrays(array(a), array(b), rtol, atol, msg, path)

    @staticmethod
    def _is_rectangular(*values):
        try:
            return all(array(value).dtype != object for value in values)
        except (ValueError, TypeError):
            return False

    def _close_arrays(self, a, b, rtol, atol, msg, path):
        self._same_shapes(a, b, msg)
        np.testing.assert_allclose(a, b, rtol, atol, equal_nan=True, err_msg=f"{msg or ''} a{path} is not near b{path}")

    def assertNotAllClose(self, a, b, rtol=1e-6, atol=1e-6, msg=None):
        """Checks that two structures do not hold the same numbers; arguments as for `assertAllClose`."""
        try:
            self.assertAllClose(a, b, rtol, atol, msg)
        except AssertionError:
            return
        raise AssertionError(self._formatMessage(msg, "The two values are close at all elements."))

    def assertAllCloseAccordingToType(
        self, a, b, rtol=1e-6, atol=1e-6, float_rtol=1e-6, float_atol=1e-6, half_rtol=1e-3, half_atol=1e-3,
        bfloat16_rtol=1e-2, bfloat16_atol=1e-2, msg=None,
    ):  # fmt: skip
        """As `assertAllClose`, with the tolerances of the less precise of the two dtypes."""
        names = {_dtype_name(a), _dtype_name(b)}
        for found, r, t in (
            ({"float32", "complex64"}, float_rtol, float_atol),
            ({"float16"}, half_rtol, half_atol),
            ({"bfloat16"}, bfloat16_rtol, bfloat16_atol),
        ):
            if names & found:
                rtol, atol = max(rtol, r), max(atol, t)
        self.assertAllClose(a, b, rtol, atol, msg)

    def assertAllEqual(self, a, b, msg=None):
        """Checks that two arrays or tensors have the same shape and elements; NaN is like NaN."""
        if hasattr(a, "nested_row_splits") or hasattr(b, "nested_row_splits"):
            a, b = (x.to_list() if hasattr(x, "to_list") else x for x in (a, b))
            if not self._is_rectangular(a, b):
                self.assertEqual(a, b, msg)
                return
        a, b = array(a), array(b)
        if {a.dtype.kind, b.dtype.kind} & set("OSU"):
            a, b = (np.array([_bytes(x) for x in one.ravel()], object).reshape(one.shape) for one in (a, b))
        self._same_shapes(a, b, msg)
        same = a == b
        if a.dtype.kind in "fc" and b.dtype.kind in "fc":
            same |= np.isnan(a) & np.isnan(b)
        if not np.all(same):
            wrong = np.argwhere(~np.atleast_1d(same))
            place = tuple(wrong[0].tolist())
            one, other = np.atleast_1d(a)[place], np.atleast_1d(b)[place]
            self.fail(self._formatMessage(msg, f"{len(wrong)} elements differ; at {place}: {one!r} is not {other!r}"))

    def assertNotAllEqual(self, a, b, msg=None):
        """Checks that two arrays or tensors differ somewhere."""
        try:
            self.assertAllEqual(a, b)
        except AssertionError:
            return
        raise AssertionError(self._formatMessage(msg, "The two values are equal at all elements."))

    def assertNear(self, f1, f2, err, msg=None):
        """Checks that two numbers are at most `err` apart."""
        self.assertTrue(f1 == f2 or math.fabs(f1 - f2) <= err, f"{f1!r} != {f2!r} +/- {err!r} {msg or ''}")

    def assertArrayNear(self, farray1, farray2, err, msg=None):
        """Checks that two sequences of numbers have one length, and elements at most `err` apart."""
        self.assertEqual(len(farray1), len(farray2), msg)
        for one, other in zip(farray1, farray2, strict=True):
            self.assertNear(float(one), float(other), err, msg)

    def assertNDArrayNear(self, ndarray1, ndarray2, err, msg=None):
        """Checks that the norm of the difference of two arrays is less than `err`."""
        distance = np.linalg.norm(np.asarray(ndarray1) - np.asarray(ndarray2))
        self.assertLess(distance, err, msg)

    # -- ranges --------------------------------------------------------------------------------------

    def assertAllGreater(self, a, comparison_target):
        """Checks that every element is greater than a number."""
        self.assertGreater(np.min(array(a)), comparison_target)

    def assertAllLess(self, a, comparison_target):
        """Checks that every element is less than a number."""
        self.assertLess(np.max(array(a)), comparison_target)

    def assertAllGreaterEqual(self, a, comparison_target):
        """Checks that every element is a number or greater."""
        self.assertGreaterEqual(np.min(array(a)), comparison_target)

    def assertAllLessEqual(self, a, comparison_target):
        """Checks that every element is a number or less."""
        self.assertLessEqual(np.max(array(a)), comparison_target)

    def assertAllInRange(self, target, lower_bound, upper_bound, open_lower_bound=False, open_upper_bound=False):
        """Checks that every element lies between two bounds, which count as inside unless they are open."""
        values = array(target)
        if not (np.issubdtype(values.dtype, np.floating) or np.issubdtype(values.dtype, np.integer)):
            raise AssertionError(
                f"The value of {target} does not have an ordered numeric type, instead it has type: {values.dtype}"
            )
        low = values > lower_bound if open_lower_bound else values >= lower_bound
        high = values < upper_bound if open_upper_bound else values <= upper_bound
        if not np.all(low & high):
            outside = values[~(low & high)].ravel()[:5].tolist()
            bounds = f"{'(' if open_lower_bound else '['}{lower_bound}, {upper_bound}{')' if open_upper_bound else ']'}"
            self.fail(f"elements outside of {bounds}: {outside}")

    def assertAllInSet(self, target, expected_set):
        """Checks that every element is one of a set."""
        odd = set(np.unique(array(target)).tolist()) - set(expected_set)
        if odd:
            raise AssertionError(f"elements that are not in {expected_set}: {sorted(odd)[:5]}")

    # -- dtypes, shapes, structures ------------------------------------------------------------------

    def assertDTypeEqual(self, target, expected_dtype):
        """Checks the dtype of an array, a tensor or each of a list of them."""
        expected = dtypes.as_dtype(expected_dtype)
        for one in target if isinstance(target, list) else [target]:
            self.assertEqual(_dtype_name(one), expected.name)

    def assertShapeEqual(self, input_a, input_b, msg=None):
        """Checks that two arrays or tensors have the same shape."""
        for value in (input_a, input_b):
            if not isinstance(value, (np.ndarray, np.generic, Tensor, Variable)):
                raise TypeError(f"a shape is that of an array or a tensor, not {type(value)}")
        self.assertEqual(*([*x.shape] for x in (input_a, input_b)), msg)

    def assertDictEqual(self, a, b, msg=None):
        """Checks that two dicts are equal, or have the same keys and values that are equal, or close, as arrays are."""
        if _plainly_equal(a, b):
            return
        self.assertIsInstance(a, dict, msg)
        self.assertIsInstance(b, dict, msg)
        self.assertCountEqual(a.keys(), b.keys(), msg)
        for key in a:
            same = self.assertAllClose if array(a[key]).dtype.kind == "f" else self.assertAllEqual
            same(a[key], b[key], msg=f"at key {key!r} {msg or ''}")

    def assertDeviceEqual(self, device1, device2, msg=None):
        """Checks that two device names are the same in full."""
        from tapeflow.core.base.devices import DeviceSpec

        names = [DeviceSpec.from_string(str(name or "")).to_string() for name in (device1, device2)]
        self.assertEqual(*names, msg)


def _bytes(value):
    return value.encode() if isinstance(value, str) else value
