"""`tf.export.from_stablehlo`: exported programs, read and called like functions.

    file = what `jax.export` writes, notes (JSON), uint32 length of the notes, uint32 sum, magic

The sum is the masked CRC-32C of program and notes.

JAX reads such a file as well: it does not look behind its own part.
"""

import json
import os

import numpy as np

from tapeflow.core.base import dtypes, local_files
from tapeflow.core.base.errors import DataLossError, InvalidArgumentError
from tapeflow.core.base.mode import current, mode
from tapeflow.core.base.nest_parts import map_structure_up_to
from tapeflow.core.base.record_file import masked
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.files.expansions import expansion
from tapeflow.core.ops import registry
from tapeflow.core.ops.defs.array import zeros_like
from tapeflow.core.ops.hooks import hooks
from tapeflow.core.ops.op import Op
from tapeflow.core.run.batching import BatchedTensor, batch_size, is_batched, slice_of
from tapeflow.core.trace.function import function
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor, Tensor

_MAGIC = b"TAPEFLOW"
_NOTES_LIMIT = 1 << 20


class ExportedFunction:
    """A StableHLO program with its signature: called with tensors, eagerly, in a `tf.function` and under tapes.

    Attributes:
        name: Of the function that was exported.
        platforms: The kinds of devices that it was made for.
        structured_input_signature: `(args, kwargs)` with a `tf.TensorSpec` for every tensor.
        concrete: The call of the program, a concrete function of its tensors.
        input_specs: The `tf.TensorSpec`s of the tensors, in order.
        structured_outputs: The result, with `tf.TensorSpec`s.
        program: The program itself.
        left_out: What the function did besides computing, and the program does not: prints and assertions.
        gradient_missing: Why the program has no gradient, None if it has one.
    """

    def __init__(self, program, names=None, left_out=(), gradient_missing=None):
        self.program = program
        self.name, self.platforms = program.name, program.platforms
        self.left_out, self.gradient_missing = tuple(left_out), gradient_missing
        self._names = names if names and len(names) == len(program.inputs) else None
        specs = [
            TensorSpec(_shape(s), dtypes.as_dtype(s.dtype), self._names[i] if self._names else None)
            for i, s in enumerate(program.inputs)
        ]
        results = [TensorSpec(_shape(s), dtypes.as_dtype(s.dtype)) for s in program.outputs]
        args, kwargs = program.argument_structure
        self.structured_input_signature = _filled(tuple(args), specs), _filled(kwargs, specs)
        self.structured_outputs = _filled(program.result_structure, results)
        self.input_specs, self._results = specs, results

        def call(*tensors):
            return _filled(program.result_structure, _called(program, tensors, results))

        call.__name__ = self.name
        self.concrete = function(call, autograph=False, jit_compile=True).get_concrete_function(*specs)

    @property
    def has_gradient(self):
        """Whether the program was kept with its gradient."""
        return self.program.gradient is not None

    def __call__(self, *args, **kwargs):
        """Runs the program.

        Raises:
            TypeError: The arguments are not those of the signature.
            InvalidArgumentError: A dtype or shape does not fit.
        """
        wanted_args, wanted_kwargs = self.structured_input_signature
        args, kwargs = self._placed(args, kwargs)
        if len(args) != len(wanted_args) or set(kwargs) != set(wanted_kwargs):
            named = f" and {', '.join(sorted(kwargs))}" if kwargs else ""
            raise TypeError(f"{self.name} was called with {len(args)} arguments{named}; its signature: {self}")
        flat = [None] * len(self.input_specs)
        numbers = self.program.argument_structure
        for wanted, given, places in zip((wanted_args, wanted_kwargs), (args, kwargs), numbers, strict=True):
            cast = map_structure_up_to(wanted, self._cast, wanted, given, check_types=False)
            _collect(places, cast, flat)
        return self.call_flat(flat)

    def call_flat(self, tensors):
        """Runs the program on the tensors that it takes, in order; returns what it returns."""
        return self.concrete.call_flat(tensors)

    def _placed(self, args, kwargs):
        """The arguments, those by name in their places where the program has places only."""
        wanted_args, wanted_kwargs = self.structured_input_signature
        names = [getattr(spec, "name", None) for spec in wanted_args]
        if wanted_kwargs or not kwargs or not set(kwargs) <= set(names[len(args) :]):
            return args, kwargs
        rest = [kwargs[name] for name in names[len(args) :] if name in kwargs]
        return (*args, *rest), {}

    def _cast(self, spec, value):
        if spec is None:
            return None
        x = value if isinstance(value, Tensor) else convert(value, dtype=spec.dtype)
        if x.dtype is not spec.dtype or not spec.shape.is_compatible_with(x.shape):
            raise InvalidArgumentError(
                f"{self.name} takes {_shown(spec)} for {spec.name or 'this argument'}", got={spec.name or "value": x}
            )
        return x

    # -- as text and bytes -----------------------------------------------------------------------------

    def mlir_module(self):
        """Returns the program in StableHLO's text form."""
        return self.program.text()

    def serialize(self):
        """Returns the program as bytes, which `from_stablehlo` and `jax.export.deserialize` read."""
        notes = {"names": self._names, "left_out": self.left_out, "gradient_missing": self.gradient_missing}
        return _joined(self.program.content, notes)

    def save(self, path):
        """Writes the program to a file, whole or not at all."""
        local_files.write(path, self.serialize())

    def argument_texts(self):
        """Returns a pair (name, dtype and sizes as text) for each tensor that the program takes."""
        names = self._names or [f"args_{i}" for i in range(len(self.input_specs))]
        shown = [f"{spec.dtype.name}[{', '.join(map(str, s.shape))}]"
                 for spec, s in zip(self.input_specs, self.program.inputs, strict=True)]  # fmt: skip
        return list(zip(names, shown, strict=True))

    def __reduce__(self):
        return from_stablehlo, (self.serialize(),)

    def __deepcopy__(self, memo):
        return self  # it has nothing that changes

    def signature_text(self):
        """Returns the parameters and results, with the names of sizes that vary, on one line."""
        shown = [f"{name}: {text}" if self._names else text for name, text in self.argument_texts()]
        results = [f"{spec.dtype.name}[{', '.join(map(str, s.shape))}]"
                   for spec, s in zip(self._results, self.program.outputs, strict=True)]  # fmt: skip
        args, kwargs = self.program.argument_structure
        parts = [_written(_filled(one, shown)) for one in args]
        parts += ["*"] if kwargs else []
        for key, one in sorted(kwargs.items()):
            text = _written(_filled(one, shown))
            parts.append(text if text.startswith(f"{key}: ") else f"{key}={text}")
        return f"{self.name}({', '.join(parts)}) -> {_written(_filled(self.program.result_structure, results))}"

    def __repr__(self):
        return f"<ExportedFunction {self.signature_text()}, for {', '.join(self.platforms)}>"

    __str__ = signature_text


def _shape(spec):
    return TensorShape([n if isinstance(n, int) else None for n in spec.shape])


def _shown(spec):
    return f"{spec.dtype.name} {spec.shape}"


def _filled(structure, values):
    """A structure of numbers with the values of those numbers in their places."""
    if structure is None:
        return None
    if isinstance(structure, dict):
        return {key: _filled(one, values) for key, one in structure.items()}
    if isinstance(structure, (list, tuple)):
        return type(structure)(_filled(one, values) for one in structure)
    return values[structure]


def _collect(structure, values, flat):
    """Puts the values of a structure where its numbers say."""
    if isinstance(structure, dict):
        for key, one in structure.items():
            _collect(one, values[key], flat)
    elif isinstance(structure, (list, tuple)):
        for one, value in zip(structure, values, strict=True):
            _collect(one, value, flat)
    elif structure is not None:
        flat[structure] = values


def _written(value):
    """A structure of texts as text."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        inside = ", ".join(map(_written, value))
        return f"[{inside}]" if isinstance(value, list) else f"({inside})"
    return str(value)


# -- the op --------------------------------------------------------------------------------------------


def _called(program, tensors, results):
    """The outputs of a program, an op of the graph that is being captured."""
    graph, inputs = current.graph, (tuple(tensors),)
    attrs = {"program": program, "Tout": tuple(spec.dtype for spec in results)}
    outputs = graph.add(_call, inputs, attrs, [(spec.dtype, spec.shape) for spec in results])
    if mode.special:
        hooks.record(_call, inputs, attrs, outputs)
    return list(outputs)


def _on_tensors(node, inputs):
    if not is_batched(inputs):
        return _run(node, inputs[0])
    # Programs have no batched form: one call after the other.
    calls = [_run(node, [slice_of(x, i) for x in inputs[0]]) for i in range(batch_size(inputs))]
    stacks = [np.stack([y.host for y in outputs]) for outputs in zip(*calls, strict=True)]
    return [BatchedTensor(stack, dtype) for stack, dtype in zip(stacks, node.attrs["Tout"], strict=True)]


def _run(node, tensors):
    from tapeflow.core.engines import xla  # lazy: jax takes half a second to import

    found = xla.call(node.attrs["program"].compiled, [x.value_or_buffer for x in tensors])
    return [EagerTensor.from_buffer(x, dtype) for x, dtype in zip(found, node.attrs["Tout"], strict=True)]


def _gradient(c, *dys):
    """The program's own gradient, another program."""
    gradient = c.attrs["program"].gradient
    inputs = c.inputs[0]
    if gradient is None:
        raise LookupError(
            f"the exported program '{c.attrs['program'].name}' has no gradient, and a tape follows what it is called "
            "with: call it with tf.stop_gradient(x), or export it with its gradient"
        )
    # The conjugate of TensorFlow's gradient is JAX's. Whole numbers have none: they only hold its place.
    given = [
        y if not y.dtype.is_differentiable else zeros_like(y) if dy is None else _conjugate(dy)
        for y, dy in zip(c.outputs, dys, strict=True)
    ]
    wanted = [i for i, x in enumerate(inputs) if x.dtype.is_differentiable]
    found = _called(gradient, [*inputs, *given], [TensorSpec(inputs[i].shape, inputs[i].dtype) for i in wanted])
    result = [None] * len(inputs)
    for i, dx in zip(wanted, found, strict=True):
        result[i] = _conjugate(dx)
    return result


def _conjugate(x):
    return registry.get("Conj")(x) if x.dtype.is_complex else x


def _record():
    record = Op(
        "CallExported", "args: list(Tin), *, program: func, Tout: list(type) -> output: list(Tout)",
        {"Tin": "any", "Tout": "any"}, kernel=None, lower=lambda args, program, Tout: program.call(args),
        grad=_gradient, jvp=None, shape=None, samples=(), stateful=False, reentrant=True, elementwise=False,
    )  # fmt: skip
    record.on_tensors = _on_tensors
    record.takes_none = True
    return record


_call = _record()


@expansion("CallExported")
def _as_module(node, args):
    """The call of a program as files have it: without its gradient."""
    taken, attrs = node.attrs["program"].as_module()
    return registry.get("XlaCallModule")(
        args=[args[i] for i in taken], Sout=[y.shape for y in node.outputs], Tout=node.attrs["Tout"], **attrs
    )


# -- files ---------------------------------------------------------------------------------------------


def _joined(program, notes):
    content = program + json.dumps(notes).encode()
    length = (len(content) - len(program)).to_bytes(4, "little")
    return content + length + masked(content).to_bytes(4, "little") + _MAGIC


def _parted(content, place):
    """The program's bytes and the notes.

    Raises:
        DataLossError: The content was changed.
        InvalidArgumentError: There is no checksum.
    """
    if not content.endswith(_MAGIC):
        raise InvalidArgumentError(
            f"{place} has no checksum at its end: it was not written by to_stablehlo, or is not whole",
            hint="for a program that jax.export wrote, and that you trust: from_stablehlo(..., trusted=True)",
        )
    end = len(content) - len(_MAGIC) - 8
    length = int.from_bytes(content[end : end + 4], "little") if end > 0 else 0
    crc = int.from_bytes(content[end + 4 : end + 8], "little")
    if not 0 < length <= min(end, _NOTES_LIMIT) or masked(content[:end]) != crc:
        raise DataLossError(f"{place} is damaged: its checksum differs")
    try:
        notes = json.loads(content[end - length : end])
    except (ValueError, RecursionError) as error:
        raise DataLossError(f"{place} is damaged: {error}") from error
    return content[: end - length], notes if isinstance(notes, dict) else {}


def _texts(value):
    """A list of texts from the notes; None if it is no such list."""
    return value if isinstance(value, list) and all(isinstance(one, str) for one in value) else None


def from_stablehlo(path_or_bytes, trusted=False):
    """Reads an exported program.

    A checksum finds damage, and programs that call native code by names of their own are refused: no callbacks into
    Python run. The compiler's own parser reads the program, so load what was made to do harm in a process of its own.

    Args:
        path_or_bytes: The path of a file that `to_stablehlo` wrote, or its content as bytes.
        trusted: Whether to read, without these checks, what JAX's `jax.export` wrote.

    Returns:
        A `tf.export.ExportedFunction`.

    Raises:
        NotFoundError: There is no such file.
        DataLossError: It is damaged.
        InvalidArgumentError: It was not written by `to_stablehlo`, or calls native code.
    """
    from tapeflow.core.engines import exported  # lazy: loads jax when a program is read

    is_content = isinstance(path_or_bytes, (bytes, bytearray, memoryview))
    place = "this" if is_content else os.fsdecode(path_or_bytes)
    content = bytes(path_or_bytes) if is_content else local_files.read(path_or_bytes)
    body, notes = (content, {}) if trusted and not content.endswith(_MAGIC) else _parted(content, place)
    program = exported.load(body, place, trusted)
    missing = notes.get("gradient_missing")
    return ExportedFunction(
        program, _texts(notes.get("names")), _texts(notes.get("left_out")) or (),
        missing if isinstance(missing, str) else None,
    )  # fmt: skip
