"""The XLA engine: an op's lowering, jitted once for each attributes, constants and shapes. The only file to import jax.

64-bit types are on inside TapeFlow's own tracing and calls only, so that the user's own JAX code is left as it was.
"""

import io
import re
from functools import lru_cache

import jax
import jax.numpy
import jax.scipy.special
import numpy as np

from tapeflow.core.base import failures
from tapeflow.core.base.settings import settings
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.engines import cache, hardware
from tapeflow.core.engines.waiting import Patient, patiently
from tapeflow.core.ops import lowering

hardware.start(jax)
cache.start(jax)
lowering.jax.fill(jax)
lowering.jnp.fill(jax.numpy)
lowering.lax.fill(jax.lax)
lowering.jsp.fill(jax.scipy.special)


class Constant:
    """A NumPy array as part of a cache's key: equal by dtype, shape and bytes."""

    __slots__ = ("array", "key")

    def __init__(self, array):
        self.array = np.asarray(array)
        self.key = (self.array.dtype.str, self.array.shape, self.array.tobytes())

    def __hash__(self):
        return hash(self.key)

    def __eq__(self, other):
        return self.key == other.key


def ours():
    """Context of TapeFlow's own tracing and calls: 64-bit types, and products as exact as `tf.config` says."""
    return jax.enable_x64(True) if settings.tf32 else _Exact()


class _Exact:
    """As `ours`, with float32 products in full: without TensorFloat-32 on GPUs that have it."""

    def __enter__(self):
        self._open = jax.enable_x64(True), jax.default_matmul_precision("highest")
        for one in self._open:
            one.__enter__()

    def __exit__(self, *error):
        for one in reversed(self._open):
            one.__exit__(*error)


def run(record, values, attrs):
    """The outputs, as a tuple of `jax.Array`, of the op's compiled lowering.

    Args:
        record: The op.
        values: One array an input, a tuple of arrays for a list input; NumPy or jax.
        attrs: Attribute name -> value, hashable.
    """
    constants = tuple(Constant(v) if arg.const else None for arg, v in zip(record.inputs, values, strict=True))
    dynamic = [v for arg, v in zip(record.inputs, values, strict=True) if not arg.const]
    with ours():
        return _called(compiled(record, constants, _frozen(attrs)), dynamic)


def run_batched(record, values, attrs, batched):
    """As `run`, for all slices of the inputs that `batched` marks at once: `jax.vmap` of the lowering."""
    constants = tuple(Constant(v) if arg.const else None for arg, v in zip(record.inputs, values, strict=True))
    dynamic = [v for arg, v in zip(record.inputs, values, strict=True) if not arg.const]
    marks = tuple(b for arg, b in zip(record.inputs, batched, strict=True) if not arg.const)
    with ours():
        return compiled_batched(record, constants, _frozen(attrs), marks)(*dynamic)


@lru_cache(maxsize=4096)
def compiled_batched(record, constants, attrs, marks):
    """The jitted, vectorized lowering; `marks` says which dynamic inputs carry the batch axis."""
    axes = tuple(tuple(0 if b else None for b in m) if isinstance(m, tuple) else 0 if m else None for m in marks)
    function = jax.vmap(flat_lowering(record, constants, dict(attrs)), in_axes=axes)
    return jax.jit(function, compiler_options=options_for(False))


@lru_cache(maxsize=4096)
def compiled(record, constants, attrs):
    """The jitted lowering for these constants and attributes; jax keys it by shapes and dtypes."""
    options = options_for("Conv" in record.op_name)
    return jax.jit(flat_lowering(record, constants, dict(attrs)), compiler_options=options)


def options_for(has_convolutions):
    """The compiler options for a program, None for its own: as `tf.config` says now."""
    if settings.deterministic and jax.default_backend() in _GPUS:
        return {"xla_gpu_deterministic_ops": True}
    return convolution_options() if has_convolutions else None


def forget():
    """Drops the programs of eager ops: a setting that they were compiled under has changed."""
    compiled.cache_clear()
    compiled_batched.cache_clear()


_GPUS = ("gpu", "cuda", "rocm")


@lru_cache(maxsize=1)
def convolution_options():
    """Compiler options for programs with convolutions: on CPU those of oneDNN, if this build has it; else None.

    Measured: depthwise convolutions run 100 times as fast, others up to 3 times.
    """
    if jax.default_backend() != "cpu":
        return None
    options = {
        "xla_cpu_experimental_ynn_fusion_type": "", "xla_cpu_use_onednn": True,
        "xla_cpu_experimental_onednn_custom_call": True,
    }  # fmt: skip
    try:
        jax.jit(lambda x: x, compiler_options=options).lower(np.float32(0)).compile()
    except jax.errors.JaxRuntimeError:  # an option of another version
        return None
    return options


def flat_lowering(record, constants, attrs):
    """The lowering as a function of the inputs that are not constants, giving a tuple of arrays."""
    lower = lowering.resolve(record.lower)

    def function(*dynamic):
        rest = iter(dynamic)
        values = [next(rest) if constant is None else constant.array for constant in constants]
        result = lower(*values, **attrs)
        return tuple(result) if isinstance(result, (tuple, list)) else (result,)

    return function


def jit(function):
    """The compiled form of a function of jax arrays, for `call`; it may run for long, and be interrupted."""
    return Patient(jax.jit(function), call)


def call(program, buffers):
    """Runs what `jit` or `compile_for` made on NumPy or jax arrays."""
    with ours():
        return _called(program, buffers)


def _called(program, buffers):
    """The outputs; if there is no memory for them, the error says what takes it up."""
    try:
        return program(*buffers)
    except jax.errors.JaxRuntimeError as error:
        failures.raise_translated(error)
        raise


def compile_for(function, buffers, donated=(), name="program"):
    """The compiled form of a function for arrays of these shapes and dtypes only.

    Args:
        function: Function of jax arrays.
        buffers: Arrays, for their shapes and dtypes.
        donated: Positions of the arrays whose memory the results may take over.
        name: What profiles and the cache on disk call the program.

    Returns:
        The program, and whether it may be called as it is, without `call`: no input has 64 bits.
    """
    with ours():
        lowering.notes.convolution = lowering.notes.endless = False
        lowered = jax.jit(_named(function, name), donate_argnums=donated).lower(*buffers)
        if donated and lowering.notes.endless:  # Ctrl-C ends it at once: the old values must still be there then
            donated, lowered = (), jax.jit(_named(function, name)).lower(*buffers)
        options = options_for(lowering.notes.convolution)
        program = patiently(_compiled, lowered, options, name)
    is_plain = all(b.dtype.itemsize < 8 and b.dtype != np.complex64 for b in buffers)
    if lowering.notes.endless:
        program = Patient(program, _called if is_plain else call, donated)
    return program, is_plain


def _named(function, name):
    def program(*buffers):
        return function(*buffers)

    program.__name__ = program.__qualname__ = name
    return program


def _compiled(lowered, options, name):
    with ours():
        return _called(lambda: cache.compiled(lambda: lowered.compile(options), name), ())


def cost(program):
    """What the compiler says of a compiled program, by name; None for what it does not know."""
    analysis = _analysis(program)
    memory = program.memory_analysis()
    return {
        "code_bytes": getattr(memory, "generated_code_size_in_bytes", None) or None,  # 0 on CPU: not counted
        "argument_bytes": getattr(memory, "argument_size_in_bytes", None),
        "output_bytes": getattr(memory, "output_size_in_bytes", None),
        "temporary_bytes": getattr(memory, "temp_size_in_bytes", None),
        "flops": analysis.get("flops"),
        "bytes_accessed": analysis.get("bytes accessed"),
    }


def _analysis(stage):
    analysis = stage.cost_analysis() or {}
    return analysis[0] if isinstance(analysis, (list, tuple)) and analysis else analysis


def flops(function, specs):
    """The compiler's count of a function's floating-point operations, without compiling it; None if it has none.

    Args:
        function: Function of jax arrays.
        specs: `(shape, NumPy dtype)` of each.
    """
    with ours():
        return _analysis(jax.jit(function).lower(*(jax.ShapeDtypeStruct(*spec) for spec in specs))).get("flops")


def copy(buffer):
    """A copy of a buffer, to be had for its own."""
    with ours():
        return jax.numpy.array(buffer, copy=True)


def put(array):
    """A NumPy array as a buffer of the runtime."""
    with ours():
        return jax.device_put(array)


def program_text(function, specs, stage, name):
    """A function's program at a stage of `compiler_ir.STAGES`.

    Args:
        function: Function of jax arrays.
        specs: `(shape, NumPy dtype)` of each.
        stage: The stage.
        name: Of the function.
    """
    with ours():
        lowered = jax.jit(_named(function, name)).lower(*(jax.ShapeDtypeStruct(*spec) for spec in specs))
        if stage == "stablehlo":
            return lowered.as_text()
        if stage == "stablehlo_serialized":
            content = io.BytesIO()
            lowered.compiler_ir("stablehlo").operation.write_bytecode(content)
            return content.getvalue()
        if stage == "optimized_hlo":
            return lowered.compile().as_text()
        module = lowered.compiler_ir("hlo")
        if stage.startswith("optimized"):
            optimized = lowered.compile().runtime_executable().hlo_modules()[0]
            module = type(module)(optimized.as_serialized_hlo_module_proto())
        if stage.endswith("_serialized"):
            return module.as_serialized_hlo_module_proto()
        if stage.endswith("_dot"):
            return module.as_hlo_dot_graph()
        text = module.as_hlo_text()
        return re.sub(r", metadata=\{[^{}]*\}", "", text) if stage == "hlo_no_metadata" else text


def exporting():
    """JAX's module for programs that are kept as files."""
    from jax import export  # lazy: few programs are

    return export


def rewriting():
    """JAX's modules for programs as MLIR, and for what stands in them."""
    from jax.extend import mlir  # lazy: few programs bring MLIR of their own
    from jax.extend.mlir import ir

    return mlir, ir


def call_module(args, attrs):
    """The outputs of a program in an attribute of `XlaCallModule`, within a program that is being traced."""
    from tapeflow.core.engines import modules  # lazy: few programs have such a part

    return modules.call(args, **attrs)


lowering.call_module = call_module


def infer(record, specs, attrs, constants=(), sizes=(2, 3)):
    """The shapes and dtypes of an op's outputs, by abstract evaluation of its lowering.

    Unknown sizes are evaluated at two different sizes: what changes between them is unknown.

    Args:
        record: The op.
        specs: `(TensorShape, numpy dtype)` of each input, a list of them for a list input.
        attrs: Attribute name -> value.
        constants: Input position -> NumPy value, for inputs marked `const`, or a function of one of `sizes` that gives
            the value.
        sizes: The two sizes that unknown ones are taken to be.

    Returns:
        A list of `(TensorShape, numpy dtype)`.
    """
    constants = dict(constants)
    first, second = (_evaluate(record, specs, attrs, constants, size) for size in sizes)
    return [
        (TensorShape([m if m == n else None for m, n in zip(a.shape, b.shape, strict=True)]), a.dtype)
        for a, b in zip(first, second, strict=True)
    ]


def _evaluate(record, specs, attrs, constants, size):
    def struct(spec):
        if isinstance(spec, list):
            return tuple(struct(one) for one in spec)
        shape, dtype = spec
        return jax.ShapeDtypeStruct(tuple(size if n is None else n for n in shape), dtype)

    values = {i: value(size) if callable(value) else value for i, value in constants.items()}
    known = tuple(Constant(values[i]) if i in values else None for i in range(len(record.inputs)))
    with ours():
        dynamic = [struct(spec) for i, spec in enumerate(specs) if i not in constants]
        return jax.eval_shape(flat_lowering(record, known, attrs), *dynamic)


def _frozen(attrs):
    return tuple(sorted(attrs.items()))


# -- profiles ------------------------------------------------------------------------------------------


def start_profile(folder, host_level, python_level):
    """Begins a profile that is written to `folder`."""
    options = jax.profiler.ProfileOptions()
    options.host_tracer_level, options.python_tracer_level = host_level, python_level
    jax.profiler.start_trace(folder, profiler_options=options)


def stop_profile():
    """Ends the profile and writes it."""
    jax.profiler.stop_trace()


def profile_mark(name, facts):
    """A context that names what happens in it."""
    root = {"_r": 1} if "step_num" in facts else {}  # marks a step of training
    return jax.profiler.TraceAnnotation(name, **(root | facts))


def profile_server(port):
    """Lets other processes profile this one, as long as the result lives."""
    return jax.profiler.start_server(port)
