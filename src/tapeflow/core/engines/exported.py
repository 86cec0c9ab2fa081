"""Programs that are kept as files: StableHLO with its signature, as `jax.export` writes and reads it."""

import re
from contextlib import contextmanager
from functools import cached_property

import numpy as np

from tapeflow.core.base.errors import DataLossError, InvalidArgumentError, OpError, UnimplementedError
from tapeflow.core.ops import lowering

_PLACES = "jax_hlo_source_file_canonicalization_regex"
PLATFORMS = ("cpu", "cuda", "rocm", "tpu")
# Calls of native code that programs of JAX and TapeFlow make: decompositions, FFTs, sorting, random bits. The runtime
# knows others, such as calls of Python through a raw address, which no file may name.
_CALLS = re.compile(
    r"shape_assertion|Sharding|SPMDFullToShardShape|SPMDShardToFullShape|annotate_device_placement|"
    r"stablehlo\.\w+|mhlo\.\w+|chlo\.\w+|AllocateBuffer|PartialReduce|ApproxTopK|approx_top_k|ducc_fft|"
    r"dynamic_ducc_fft|lapack_\w+|blas_\w+|cu_\w+|hip_\w+|cusolver_\w+|hipsolver_\w+|cublas_\w+|hipblas_\w+|"
    r"Qr|Eigh|LuDecomposition|ProductOfElementaryHouseholderReflectors|TopK"
)
_CALL = re.compile(r'custom_call\s+@(?:"([^"]*)"|([\w$.\-]+))|call_target_name\s*=\s*"([^"]*)"')


class Program:
    """One exported program.

    Attributes:
        name: Of the function.
        platforms: Which it was made for.
        inputs, outputs: A `Spec` of each.
        content: The program as bytes, its gradient included; None for a gradient.
        gradient: The program (inputs, gradients of the outputs) -> gradients of the inputs; None if it was not kept.
    """

    def __init__(self, exported, content, gradient):
        self._exported, self.content, self.gradient = exported, content, gradient
        self.name, self.platforms = exported.fun_name, tuple(exported.platforms)
        if gradient is not None:
            gradient.name = f"gradient of {self.name}"
        self.inputs = [_described(x) for x in exported.in_avals]
        self.outputs = [_described(x) for x in exported.out_avals]

    @property
    def argument_structure(self):
        """`(args, kwargs)` with the inputs' numbers in their places."""
        return _filled(self._exported.in_tree)

    @property
    def result_structure(self):
        """The result with the outputs' numbers in their places."""
        return _filled(self._exported.out_tree)

    def text(self):
        """The program in StableHLO's text form."""
        return self._exported.mlir_module()

    @cached_property
    def compiled(self):
        """The program for `xla.call`."""
        from tapeflow.core.engines import xla  # lazy: it is loaded by now

        return xla.jit(lambda *values: self.call(values))

    def as_module(self):
        """The numbers of the arguments that it uses, and the attributes of `XlaCallModule` that call it."""
        made = self._exported
        return made.module_kept_var_idx, {
            "version": made.calling_convention_version, "module": made.mlir_module_serialized,
            "platforms": [name.upper() for name in made.platforms],
            "disabled_checks": [str(check) for check in made.disabled_safety_checks],
        }  # fmt: skip

    def call(self, values):
        """The outputs, within a program that is being traced.

        What has no gradient, whole numbers, stands in for its own in the program of a gradient.

        Raises:
            InvalidArgumentError: The arguments do not fit.
            UnimplementedError: The program was made for other devices.
        """
        jax = _jax()
        none = jax.dtypes.float0
        values = [np.zeros(x.shape, none) if s.dtype == none else x for s, x in zip(self.inputs, values, strict=True)]
        args, kwargs = jax.tree.unflatten(self._exported.in_tree, values)
        here = jax.default_backend()
        here = ("cuda", "rocm") if here == "gpu" else (here,)
        if lowering.notes.left_out is None and not set(here) & set(self.platforms):
            raise UnimplementedError(
                f"'{self.name}' was exported for {', '.join(self.platforms)}, and this is {' or '.join(here)}",
                hint=f"to_stablehlo(..., platforms={[*self.platforms, here[0]]})",
            )
        try:
            found = self._exported.call(*args, **kwargs)
        except ValueError as error:
            reason = _first(error).split(" Using the following")[0]
            raise InvalidArgumentError(f"'{self.name}' does not take these arguments: {reason}") from error
        return tuple(x for x in jax.tree.leaves(found) if x.dtype != none)


def _jax():
    from tapeflow.core.engines import xla  # lazy: loads jax

    return xla.jax


def _filled(tree):
    return _jax().tree.unflatten(tree, range(tree.num_leaves))


def _described(aval):
    return Spec((n if isinstance(n, int) else str(n) for n in aval.shape), np.dtype(aval.dtype))


def _first(error):
    return str(error).strip().split("\n")[0]


# -- making --------------------------------------------------------------------------------------------


class Spec:
    """The shape and NumPy dtype of an argument; sizes are ints, or texts where they are named."""

    __slots__ = ("dtype", "shape")

    def __init__(self, shape, dtype):
        self.shape, self.dtype = tuple(shape), dtype


class Undecided(Exception):
    """A program that depends on how named sizes compare: it cannot be made for all of them."""


def export(function, gradient, structure, platforms, left_out, name):
    """The program of a function.

    Args:
        function: Flat arrays -> structure of arrays.
        gradient: (flat arrays, gradients of the outputs that are no whole numbers) -> gradients of the inputs that
            are none; None for no gradient.
        structure: `(args, kwargs)` with a `Spec` for each array.
        platforms: Names of platforms; the present one if None.
        left_out: Names of ops without outputs that the program may go without.
        name: Of the function.

    Raises:
        Undecided: The function depends on how named sizes compare.
        UnimplementedError: It has something that cannot be kept in a file.
    """
    from tapeflow.core.engines import xla  # lazy: loads jax

    jax, exporting = xla.jax, xla.exporting()
    scope = exporting.SymbolicScope()
    called = function if gradient is None else _with_gradient(function, gradient)

    def program(*args, **kwargs):
        return called(*jax.tree.leaves((args, kwargs)))

    program.__name__ = program.__qualname__ = name
    with _making(name, left_out):
        args, kwargs = jax.tree.map(
            lambda spec: jax.ShapeDtypeStruct(
                exporting.symbolic_shape(", ".join(map(str, spec.shape)), scope=scope), spec.dtype
            ),
            structure,
        )
        made = exporting.export(jax.jit(program), platforms=platforms)(*args, **kwargs)
        return load(bytes(made.serialize(vjp_order=int(gradient is not None))), name, trusted=True)


@contextmanager
def _making(name, left_out):
    """Around what traces a program: JAX's errors become ours, and the places of files stay out of it."""
    from tapeflow.core.engines import xla  # lazy: it is loaded by now

    jax = xla.jax
    kept, lowering.notes.left_out = lowering.notes.left_out, frozenset(left_out)
    shown = getattr(jax.config, _PLACES)
    jax.config.update(_PLACES, ".*/")  # what is cut off the names of source files
    try:
        with xla.ours():
            yield
    except (jax.errors.InconclusiveDimensionOperation, TypeError, ValueError) as error:
        raise Undecided(_first(error)) from error
    except NotImplementedError as error:
        raise UnimplementedError(f"'{name}' cannot be exported: {_first(error)}") from error
    finally:
        jax.config.update(_PLACES, shown)
        lowering.notes.left_out = kept


def _with_gradient(function, gradient):
    """The function with its gradient for JAX, which wants conjugates of TensorFlow's for complex numbers."""
    jax = _jax()

    def forward(*xs):
        return function(*xs), xs

    def backward(xs, dys):
        flat = [lowering.jnp.conj(dy) for dy in jax.tree.leaves(dys) if is_inexact(dy.dtype)]
        found = iter(gradient(*xs, *flat))
        return tuple(lowering.jnp.conj(next(found)) if is_inexact(x.dtype) else None for x in xs)

    called = jax.custom_vjp(function)
    called.defvjp(forward, backward)
    return called


def is_inexact(dtype):
    """Whether arrays of a NumPy dtype have gradients, for JAX: floats and complex numbers."""
    return bool(lowering.jnp.issubdtype(dtype, lowering.jnp.inexact))


# -- reading -------------------------------------------------------------------------------------------


def load(data, place, trusted):
    """The program in bytes that `export` made, or `jax.export` itself.

    Args:
        data: The bytes.
        place: Where they are from, for messages.
        trusted: Whether the program may call any native code.

    Raises:
        DataLossError: They are damaged, or no exported program.
        InvalidArgumentError: The program calls native code that exported programs do not call.
    """
    from tapeflow.core.engines import xla  # lazy: loads jax

    try:
        with xla.jax.enable_x64(True):
            return _read(xla.exporting().deserialize(bytearray(data)), data, place, trusted)
    except OpError:
        raise
    except Exception as error:  # whatever the readers of the format stumble over, down to the parser of MLIR
        raise DataLossError(f"{place} is no exported program, or damaged: {type(error).__name__}: {_first(error)}",
                            hint="what tf.export.to_stablehlo or jax.export wrote") from error  # fmt: skip


def _read(exported, data, place, trusted):
    """The program, with its gradient, if it calls nothing that it must not.

    Raises:
        InvalidArgumentError: It does.
    """
    if exported.nr_devices != 1 or exported.ordered_effects or exported.unordered_effects:
        raise InvalidArgumentError(f"{place}: programs for several devices, or with side effects, are not read")
    if not trusted:
        refuse_native_calls(exported.mlir_module(), place)
    gradient = _read(exported.vjp(), None, place, trusted) if exported.has_vjp() else None
    return Program(exported, data, gradient)


def refuse_native_calls(text, place):
    """Checks a program, as text, for calls of native code that exported programs do not make.

    Raises:
        InvalidArgumentError: It makes one.
    """
    for groups in _CALL.findall(text):
        target = next(filter(None, groups), "")
        if not _CALLS.fullmatch(target):
            raise InvalidArgumentError(
                f"{place} calls native code by the name {target[:80]!r}, which exported programs do not need",
                hint="export the function again, without callbacks and hand-written kernels",
            )
