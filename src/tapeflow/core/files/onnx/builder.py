"""Builds ONNX graphs: nodes, names, constants; graphs inside nodes see the values of the graphs around them."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.files.onnx.values import Refused, Value, element_type

# Constants of up to so many elements are shared where they are equal.
_SMALL = 64
_NUMBER = (int, float)
_TO_INT64 = ("Cast", dtypes.int64.name)


class Shared:
    """What all graphs of one model share: names and constants.

    Args:
        opset: The version of ONNX's operator set.
    """

    def __init__(self, opset):
        self.opset = opset
        self.constants = {}  # name -> array
        self._known = {}  # bytes of small constants, ids of large ones -> Value
        self._hints = {}  # id of an array -> the array and what it should be called
        self._derived = {}
        self._taken = {}

    def unique(self, name):
        """A name that no value has."""
        if name not in self._taken:
            self._taken[name] = 1
            return name
        while True:
            fresh = f"{name}_{self._taken[name]}"
            self._taken[name] += 1
            if fresh not in self._taken:
                self._taken[fresh] = 1
                return fresh

    def derived(self, array, how, make):
        """What `make()` gives: an array made of another, called the same. Asked again, it is the same array."""
        key = id(array), how
        found = self._derived.get(key)
        if found is None:
            made = make()
            found = self._derived[key] = array, made
            if id(array) in self._hints:
                self.hint(made, self._hints[id(array)][1])
        return found[1]

    def hint(self, array, name):
        """Notes what an array should be called; returns it."""
        self._hints.setdefault(id(array), (array, name))
        return array

    def name_of(self, array):
        """What an array should be called, None if nobody said."""
        known = self._hints.get(id(array))
        return None if known is None else known[1]

    def constant(self, array, name=None):
        """The value of a constant.

        Args:
            array: A NumPy array.
            name: What to call it, if it has no name yet.
        """
        dtype = dtypes.string if array.dtype == object else dtypes.from_numpy(array.dtype)
        element_type(dtype)
        is_small = array.size <= _SMALL and dtype is not dtypes.string
        key = (dtype.name, array.shape, array.tobytes()) if is_small else id(array)
        found = self._known.get(key)
        if found is None:
            known = self._hints.get(id(array))
            found = Value(self.unique(known[1] if known is not None else name or "constant"), dtype)
            self._known[key] = found
            self.constants[found.name] = array
        return found


class Node:
    """A node of an ONNX graph."""

    __slots__ = ("attrs", "domain", "inputs", "name", "op", "outputs")

    def __init__(self, op, name, inputs, outputs, attrs, domain=""):
        self.op, self.name, self.inputs, self.outputs, self.attrs = op, name, inputs, outputs, attrs
        self.domain = domain


class Builder:
    """One ONNX graph.

    Args:
        shared: The model's `Shared`.
        outer: The builder of the graph around this one.

    Attributes:
        inputs, outputs: Pairs (name, dtype, sizes) in order; sizes are None if unknown.
        nodes: The nodes, in an order that they can run in.
        scope: What the names of new nodes begin with: the name of the op that is being written.
    """

    def __init__(self, shared, outer=None):
        self.shared, self.outer = shared, outer
        self.inputs, self.outputs, self.nodes = [], [], []
        self.scope = ""
        self._made = {}  # (op, inputs, attributes) -> Value, for the few that are asked for again and again

    @property
    def opset(self):
        """The version of the operator set."""
        return self.shared.opset

    def inside(self):
        """A builder for a graph of a node of this one."""
        found = Builder(self.shared, self)
        found.scope = self.scope
        return found

    # -- nodes ---------------------------------------------------------------------------------------

    def node(self, op, inputs, dtype=None, count=None, domain="", **attrs):
        """Adds a node; returns its output, or the list of its outputs if `count` is given.

        Args:
            op: ONNX's name of the op.
            inputs: Values and arrays; None for one that is left out.
            dtype: The dtype of the outputs, or a list of one for each; that of the first input if None.
            count: How many outputs.
            domain: The op's, if it is none of the standard operators.
            **attrs: Attributes; those that are None are left out.
        """
        values = [x if x is None else self.plain(x) for x in inputs]
        if dtype is None:
            dtype = values[0].dtype
        kinds = dtype if isinstance(dtype, list) else [dtype] * (count or 1)
        for kind in kinds:
            element_type(kind)
        base = self.scope or op
        outputs = [Value(self.shared.unique(base), kind) for kind in kinds]
        attrs = {name: value for name, value in attrs.items() if value is not None}
        names = ["" if x is None else x.name for x in values]
        while names and not names[-1]:
            names.pop()
        self.nodes.append(Node(op, outputs[0].name, names, [y.name for y in outputs], attrs, domain))
        return outputs if count is not None or isinstance(dtype, list) else outputs[0]

    def once(self, op, inputs, dtype=None, **attrs):
        """As `node` with one output; equal calls share a node."""
        values = [self.plain(x) for x in inputs]
        key = op, tuple(x.name for x in values), dtype and dtype.name, tuple(sorted(attrs.items()))
        found = self._found(key)
        if found is None:
            found = self._made[key] = self.node(op, values, dtype, **attrs)
        return found

    def has_transposed(self, x, perm):
        """Whether a value was transposed already."""
        return self._found(("Transpose", (x.name,), None, (("perm", perm),))) is not None

    def _found(self, key):
        builder = self
        while builder is not None:
            if key in builder._made:
                return builder._made[key]
            builder = builder.outer
        return None

    def constant(self, array, name=None):
        """The value of an array."""
        return self.shared.constant(np.asarray(array), name or f"{self.scope or 'value'}/constant")

    def plain(self, x):
        """A value whose axes are where the tensor's are, for an array or value."""
        if not isinstance(x, Value):
            if not isinstance(x, (np.ndarray, np.generic)):
                raise Refused(f"a {type(x).__name__} where a tensor is needed")
            return self.constant(x)
        if x.perm is None:
            return x
        return self.once("Transpose", [Value(x.name, x.dtype)], perm=x.perm)

    # -- what many ops need --------------------------------------------------------------------------

    def cast(self, x, dtype):
        """A tensor as another dtype; known ones are cast now."""
        if not isinstance(x, Value):
            if x.dtype == dtype.np:
                return x
            return self.shared.derived(x, dtype.name, lambda: np.asarray(x).astype(dtype.np))
        if x.dtype is dtype:
            return x
        if dtype is dtypes.int64:
            source = self._found((*_TO_INT64, x.name))
            if source is not None:
                return source
        y = self.once("Cast", [Value(x.name, x.dtype)], dtype, to=element_type(dtype))
        if x.dtype is dtypes.int64 and dtype is dtypes.int32 and x.perm is None:
            self._made[(*_TO_INT64, y.name)] = x  # sizes are cast there and back again
        return Value(y.name, dtype, x.perm)

    def transpose(self, x, perm):
        """A tensor with axis `perm[i]` for axis i; nothing is moved before somebody needs it."""
        perm = tuple(int(p) for p in perm)
        if not isinstance(x, Value):
            return self.shared.derived(x, perm, lambda: np.ascontiguousarray(np.transpose(x, perm)))
        if x.perm is not None:
            perm = tuple(x.perm[p] for p in perm)
        return Value(x.name, x.dtype, None if perm == tuple(range(len(perm))) else perm)

    def reshape(self, x, sizes):
        """A tensor with other sizes: known numbers, of which one may be -1."""
        if not isinstance(x, Value):
            return self.shared.derived(x, ("reshape", *sizes), lambda: np.reshape(x, sizes))
        return self.node("Reshape", [x, np.array(sizes, np.int64)])

    def unsqueeze(self, x, axes):
        """A tensor with axes of size 1 at the given places of the result."""
        if not axes:
            return x
        if not isinstance(x, Value):
            return self.shared.derived(x, ("unsqueeze", *axes), lambda: np.expand_dims(x, tuple(axes)))
        return self.node("Unsqueeze", [x, np.array(axes, np.int64)])

    def squeeze(self, x, axes):
        """A tensor without the given axes, of size 1."""
        if not axes:
            return x
        if not isinstance(x, Value):
            return np.squeeze(x, tuple(axes))
        return self.node("Squeeze", [x, np.array(axes, np.int64)])

    def shape(self, x, dtype=dtypes.int64):
        """The sizes of a tensor, as a vector."""
        if not isinstance(x, Value):
            return np.array(np.shape(x), dtype.np)
        found = self.once("Shape", [Value(x.name, x.dtype)], dtypes.int64)
        if x.perm is not None:
            found = self.once("Gather", [found, np.array(x.perm, np.int64)], axis=0)
        return self.cast(found, dtype)

    def size(self, x, axis):
        """One size of a tensor, as a vector of one int64."""
        if not isinstance(x, Value):
            return np.array([np.shape(x)[axis]], np.int64)
        place = x.perm[axis] if x.perm is not None else axis
        sizes = self.once("Shape", [Value(x.name, x.dtype)], dtypes.int64)
        return self.once("Gather", [sizes, np.array([place], np.int64)], axis=0)

    def sizes(self, parts):
        """A vector of sizes, from known numbers and vectors of one element."""
        parts = [np.array([p], np.int64) if isinstance(p, (int, np.integer)) else p for p in parts]
        if all(not isinstance(p, Value) for p in parts):
            return np.concatenate(parts)
        return self.node("Concat", [self.cast(p, dtypes.int64) for p in parts], axis=0) if len(parts) > 1 else parts[0]

    @staticmethod
    def scalar(number, dtype):
        """A number as an array of a dtype."""
        return np.asarray(number, dtype.np)

    def binary(self, op, x, y, dtype=None):
        """A node of two tensors; a Python number beside a tensor takes its dtype."""
        x, y = self._alike(x, y)
        return self.node(op, [x, y], dtype)

    def where(self, condition, x, y):
        """Elements of `x` where the condition holds, else those of `y`; one of them may be a number."""
        return self.node("Where", [condition, *self._alike(x, y)], self.plain(y if isinstance(x, _NUMBER) else x).dtype)

    def _alike(self, x, y):
        """Two tensors, one of which may be given as a number."""
        tensor = y if isinstance(x, _NUMBER) else x
        kind = tensor.dtype.np if isinstance(tensor, Value) else tensor.dtype
        return [np.asarray(v, kind) if isinstance(v, _NUMBER) else v for v in (x, y)]

    def reduce(self, op, x, axes, keep_dims=False, dtype=None):
        """A reduction over known axes."""
        keep = int(keep_dims)
        if op == "ReduceSum" or self.opset >= 18:
            return self.node(op, [x, np.array(axes, np.int64)], dtype, keepdims=keep, noop_with_empty_axes=1)
        if not axes:
            return x
        return self.node(op, [x], dtype, axes=[int(i) for i in axes], keepdims=keep)

    def slice(self, x, starts, ends, axes=None, steps=None):
        """A part of a tensor; the bounds are known numbers or values."""
        given = [starts, ends, axes, steps]
        given = [np.array(v, np.int64) if isinstance(v, (list, tuple)) else v for v in given]
        return self.node("Slice", [x, *given])

    # -- a graph inside a node -----------------------------------------------------------------------

    def argument(self, name, dtype, sizes):
        """Adds an input of the graph; returns its value.

        Args:
            name: What to call it, after the name of the op that is being written.
            dtype: Its dtype.
            sizes: Its sizes, None for unknown ones; None if not even the rank is known.
        """
        value = Value(self.shared.unique(f"{self.scope}/{name}" if self.scope else name), dtype)
        self.inputs.append((value.name, dtype, sizes))
        return value

    def result(self, value, sizes=None):
        """Makes a value that this graph computes one of its outputs."""
        self.outputs.append((value.name, value.dtype, sizes))
