"""Walks a flat graph and writes each node by the table; what cannot be written is noted and the walk goes on."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import OpError
from tapeflow.core.base.quiet import quiet
from tapeflow.core.files.onnx import complexes
from tapeflow.core.files.onnx.flatten import array_of
from tapeflow.core.files.onnx.table import Context, converters
from tapeflow.core.files.onnx.values import ABSENT, Refused, Value
from tapeflow.core.graph.constants import SHAPE_ONLY, value_of

# What is known already is computed here if the result has at most so many elements, or fewer than what it is made of.
_FOLD_LIMIT = 1 << 16
_RANDOM = "it draws random numbers; ONNX has no such op that gives TensorFlow's numbers"

# What gives the numbers that it takes: a weight keeps its name through it.
_SAME_VALUES = frozenset({"Cast", "ExpandDims", "Identity", "Reshape", "Squeeze", "StopGradient", "Transpose"})
_UNKNOWN = "TapeFlow has no ONNX form of it"


class Conversion:
    """One export.

    Args:
        has_lines: Whether the nodes' lines are the user's: not so in loaded models.

    Attributes:
        refused: Op name, name of the node, line and reason of what could not be written.
    """

    def __init__(self, has_lines=True):
        self.has_lines = has_lines
        self.refused = []

    def run(self, flat, builder, values):
        """Writes a graph.

        Args:
            flat: The flat graph.
            builder: Where to.
            values: For each input without a known value, its `Value` or the like; in order.

        Returns:
            What stands for the graph's outputs.
        """
        rest = iter(values)
        env = {(s.node, 0): next(rest) for s in flat.inputs if s is not None}
        scope = builder.scope
        for node in flat.nodes:
            if (node, 0) in env:
                continue
            if node.type == "Placeholder":
                env[node, 0] = ABSENT
                continue
            args = [
                tuple([env[s.node, s.index] for s in one]) if type(one) is tuple else env[one.node, one.index]
                for one in node.args
            ]
            builder.scope = f"{scope}/{node.name}" if scope else node.name
            for i, y in enumerate(self._written(node, args, builder)):
                env[node, i] = y
        builder.scope = scope
        return [env[s.node, s.index] for s in flat.outputs]

    def _written(self, node, args, builder):
        count = len(node.outputs)
        flat = [x for one in args for x in (one if type(one) is tuple else (one,))]
        if any(x is ABSENT for x in flat):
            self._needs_absent(node)
            return [ABSENT] * count
        try:
            known = self._folded(node, args, flat, builder)
            if known is not None:
                return known
            return self._converted(node, args, builder)
        except Refused as reason:
            self._refuse(node, str(reason))
            return [ABSENT] * count

    def _needs_absent(self, node):
        """Notes a node that lacks an input: if it could not be written anyway, or if what it lacks is from outside."""
        if self._is_random(node):
            self._refuse(node, _RANDOM)
        elif not self._is_known(node):
            self._refuse(node, _unknown(node))
        else:
            for s in node.inputs:
                if s.node.type == "Placeholder" and s.dtype.is_opaque:
                    self._refuse(node, f"it takes a {s.dtype.name} from outside, '{s.node.name}'")

    def _converted(self, node, args, builder):
        if self._is_random(node):
            raise Refused(_RANDOM)
        if not self._is_known(node):
            raise Refused(_unknown(node))
        converter = converters.get(node.type)
        if any(s.dtype.is_complex for s in (*node.inputs, *node.outputs)):
            return complexes.write(Context(node, builder, self), args)
        if not converter.takes_views:
            args = [tuple(map(builder_plain(builder), one)) if type(one) is tuple else builder_plain(builder)(one)
                    for one in args]  # fmt: skip
        found = converter.write(Context(node, builder, self), *args)
        return list(found) if isinstance(found, (list, tuple)) else [found]

    @staticmethod
    def _is_known(node):
        return node.type in converters or node.type in complexes.complex_ops

    @staticmethod
    def _is_random(node):
        return getattr(node.record, "of_state", None) is not None or "Random" in node.type or node.type in _DRAWING

    def _folded(self, node, args, flat, builder):
        """The outputs of a node whose inputs are all known, None for others."""
        record = node.record
        if record.op_name == "Const":
            value = array_of(node.attrs["value"])
            builder.shared.hint(value, node.name)
            return [value]
        if record.op_name in SHAPE_ONLY:
            return self._of_shapes(node)
        if record.kernel is None or record.stateful or record.reentrant or not flat or self._is_random(node):
            return None
        if not all(isinstance(x, (np.ndarray, np.generic)) for x in flat):
            return None
        if any(s.dtype.is_opaque for s in node.outputs):
            return None
        sizes = [s.shape.num_elements() for s in node.outputs]
        limit = max(_FOLD_LIMIT, sum(np.size(x) for x in flat))
        if any(n is not None and n > limit for n in sizes):
            return None
        try:
            found = quiet.run(record.kernel, *args, **node.attrs)
        except OpError as error:
            raise Refused(f"computing it fails: {error.message}") from error
        found = list(found) if isinstance(found, (list, tuple)) else [found]
        found = [np.asarray(y) for y in found]
        name = builder.shared.name_of(flat[0]) if node.type in _SAME_VALUES else None
        for y in found:
            builder.shared.hint(y, name or node.name)
        return found

    @staticmethod
    def _of_shapes(node):
        found = [value_of(y) for y in node.outputs]
        return None if any(y is None for y in found) else [np.asarray(y) for y in found]

    def _refuse(self, node, reason):
        line = node.line if self.has_lines else None
        note = node.type, node.name, None if line is None else str(line), reason
        if note not in self.refused:
            self.refused.append(note)


_DRAWING = frozenset({"Multinomial", "StatelessMultinomial", "TruncatedNormal", "StatelessTruncatedNormalV2"})


def _unknown(node):
    """Why an op that is not in the table cannot be written."""
    if any(s.dtype is dtypes.string for s in (*node.inputs, *node.outputs)):
        return "ONNX has few ops of strings, and this is none of them"
    return _UNKNOWN


def builder_plain(builder):
    """Puts the axes of a value where its tensor has them; leaves all else."""
    return lambda x: builder.plain(x) if isinstance(x, Value) and x.perm is not None else x
