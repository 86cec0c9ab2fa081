"""StableHLO programs that a graph holds as bytes: `XlaCallModule`, which `jax2tf` and its SavedModels are made of.

Sizes that such a program leaves open are known when it is called: a new `main` with fixed sizes calls the old one,
JAX works the other sizes out, and what comes of it is called as an exported program.

    old main: [platform index], arrays with open sizes -> arrays with open sizes
    new main: arrays -> arrays
"""

import dataclasses
import io
from functools import lru_cache

from tapeflow.core.base.errors import (
    DataLossError,
    InvalidArgumentError,
    NotFoundError,
    UnimplementedError,
)
from tapeflow.core.engines import xla
from tapeflow.core.engines.exported import refuse_native_calls

# TensorFlow 2.21 reads these versions of the calling convention.
OLDEST, NEWEST = 5, 10
# The version of StableHLO that it reads, and all later ones.
_KNOWN_EVERYWHERE = "1.13.0"
_INNER = "main of XlaCallModule"
_NAMES = {"CPU": "cpu", "CUDA": "cuda", "ROCM": "rocm", "TPU": "tpu"}


def call(args, *, version, module, Tout, Sout, platforms, function_list, has_token_input_output, disabled_checks,
         **hints):  # fmt: skip
    """The outputs of a program, within a program that is being traced.

    Args:
        args: The arrays that it takes.
        version: Of the calling convention.
        module: The portable artifact.
        Tout: The dtypes of the outputs.
        Sout: Their shapes, as far as the graph knows them.
        platforms: Names of the platforms that it was made for; any if there are none.
        function_list: Functions of the graph that it calls.
        has_token_input_output: Whether it takes a token, and gives one.
        disabled_checks: What it was told not to check.
        **hints: What has no bearing on one device.

    Raises:
        InvalidArgumentError: The arguments do not fit, or it calls native code.
        NotFoundError: It was made for other platforms.
        UnimplementedError: It has side effects, or calls functions of the graph.
    """
    if not OLDEST <= version <= NEWEST:
        raise InvalidArgumentError(f"XlaCallModuleOp with version {version} is not supported: {OLDEST} to {NEWEST} are")
    if function_list or has_token_input_output:
        raise UnimplementedError(
            "the program of XlaCallModule calls functions of the graph or orders side effects",
            hint="call the TensorFlow function outside of the JAX function, instead of by jax2tf.call_tf",
        )
    index = _platform(platforms, disabled_checks)
    shapes = tuple(tuple(x.shape) for x in args)
    content = module.encode() if isinstance(module, str) else module
    checked = not any("shape_assertions" in check for check in disabled_checks)
    program, sizes = _fixed(content, shapes, index, checked)
    if len(sizes) != len(Tout):
        raise InvalidArgumentError(f"the program of XlaCallModule returns {len(sizes)} values, not {len(Tout)}")
    results = [xla.jax.ShapeDtypeStruct(size, dtype.np) for size, dtype in zip(sizes, Tout, strict=True)]
    given = [xla.jax.ShapeDtypeStruct(x.shape, x.dtype) for x in args]
    return _exported(program, given, results).call(*args)


def _platform(platforms, disabled_checks):
    """The number of this platform among several that a program was made for; None if it does not ask.

    Raises:
        NotFoundError: It is not among them.
    """
    here = xla.jax.default_backend()
    here = ("cuda", "rocm") if here == "gpu" else (here,)
    names = [_NAMES.get(name, name.lower()) for name in platforms]
    found = next((i for i, name in enumerate(names) if name in here), None)
    if found is None and names and "platform" not in disabled_checks:
        raise NotFoundError(
            f"The current platform {here[0].upper()} is not among the platforms required by the module: "
            f"[{', '.join(platforms)}]",
            hint="jax2tf.convert(..., native_serialization_platforms=[...]) with this platform too",
        )
    return (found or 0) if len(names) > 1 else None


def _exported(program, given, results):
    """The program as `jax.export` calls it.

    Args:
        program: The portable artifact of a program without open sizes.
        given, results: The shape and dtype of what it takes and gives.
    """

    def of_this_form(*xs):
        return tuple(xla.jax.numpy.zeros(y.shape, y.dtype) for y in results)

    form = xla.exporting().export(xla.jax.jit(of_this_form))(*given)
    return dataclasses.replace(
        form, fun_name="module", mlir_module_serialized=program, module_kept_var_idx=tuple(range(len(given)))
    )


def portable(module):
    """A portable artifact in the form that TensorFlow 2.21 reads; as it is where newer operations stand in it."""
    content = module.encode() if isinstance(module, str) else module
    mlir, ir = xla.rewriting()
    with ir.Context() as context:
        try:
            return mlir.serialize_portable_artifact(_read(mlir, content, context), _KNOWN_EVERYWHERE)
        except xla.jax.errors.JaxRuntimeError:
            return content


# -- fixing the sizes --------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _fixed(content, shapes, index, checked):
    """A program for arrays of these shapes, and the shapes of what it returns.

    Args:
        content: The portable artifact.
        shapes: Those of the arguments.
        index: The number of the platform, None if the program does not ask for it.
        checked: Whether what it says of its arguments' sizes is to be checked.
    """
    mlir, ir = xla.rewriting()
    with ir.Context() as context, ir.Location.unknown():
        module = _read(mlir, content, context)
        refuse_native_calls(module.operation.get_asm(large_elements_limit=16), "the program of XlaCallModule")
        main = _function(ir, module, "main")
        inputs, outputs = list(main.type.inputs), list(main.type.results)
        _fits(inputs[index is not None :], shapes)
        if index is not None or _is_open(inputs) or _is_open(outputs):
            _call_with_sizes(ir, module, main, shapes, index)
            module = _worked_out(mlir, ir, module, checked)
            outputs = list(_function(ir, module, "main").type.results)
            content = _written(mlir, module)
        return content, [tuple(one.shape) for one in outputs]


def _read(mlir, content, context):
    try:
        return mlir.deserialize_portable_artifact(content, context)
    except xla.jax.errors.JaxRuntimeError as error:
        raise DataLossError(f"the module of XlaCallModule cannot be read: {_first(error)}") from error


def _written(mlir, module):
    content = io.BytesIO()
    module.operation.write_bytecode(content)
    return content.getvalue()


def _first(error):
    return str(error).strip().split("\n")[0]


def _function(ir, module, name):
    for one in module.body.operations:
        attributes = one.operation.attributes
        if "sym_name" in attributes and ir.StringAttr(attributes["sym_name"]).value == name:
            return one
    raise InvalidArgumentError(f"the module of XlaCallModule has no function '{name}'")


def _is_open(types):
    return any(one.has_static_shape is False for one in types)


def _fits(types, shapes):
    """Checks arguments against the types that a program announces.

    Raises:
        InvalidArgumentError: They do not fit.
    """
    if len(types) != len(shapes):
        raise InvalidArgumentError(
            f"Incorrect number of arguments for XlaCallModule: {len(shapes)}; it takes {len(types)}"
        )
    for i, (one, shape) in enumerate(zip(types, shapes, strict=True)):
        wanted = [None if one.is_dynamic_dim(k) else one.get_dim_size(k) for k in range(one.rank)]
        if len(wanted) != len(shape) or any(m not in (None, n) for m, n in zip(wanted, shape, strict=False)):
            raise InvalidArgumentError(f"argument {i} of XlaCallModule has shape {list(shape)}; it takes {one}")


def _call_with_sizes(ir, module, main, shapes, index):
    """Gives a program a new `main` with arguments of fixed sizes, which calls the old one."""
    main.operation.attributes["sym_name"] = ir.StringAttr.get(_INNER)
    main.operation.attributes["sym_visibility"] = ir.StringAttr.get("private")
    inputs, outputs = [list(map(str, types)) for types in (main.type.inputs, main.type.results)]
    types = list(main.type.inputs)[index is not None :]
    fixed = [str(ir.RankedTensorType.get(s, t.element_type)) for s, t in zip(shapes, types, strict=True)]
    lines = [] if index is None else [f"%p = stablehlo.constant dense<{index}> : {inputs[0]}"]
    names = [] if index is None else ["%p"]
    for i, (ours, theirs) in enumerate(zip(fixed, types, strict=True)):
        lines.append(f"%a{i} = stablehlo.convert %x{i} : ({ours}) -> {theirs}")
        names.append(f"%a{i}")
    kind = f"({', '.join(inputs)}) -> ({', '.join(outputs)})"
    called = f'func.call @"{_INNER}"({", ".join(names)}) : {kind}'
    lines.append(f"%y:{len(outputs)} = {called}" if outputs else called)
    given = f" {', '.join(f'%y#{i}' for i in range(len(outputs)))} : {', '.join(outputs)}" if outputs else ""
    lines.append(f"func.return{given}")
    arguments = ", ".join(f"%x{i}: {one}" for i, one in enumerate(fixed))
    body = "\n".join(lines)
    added = ir.Module.parse(
        f'func.func private @"{_INNER}"{kind}\n'
        f"func.func public @main({arguments}) -> ({', '.join(outputs)}) {{\n{body}\n}}"
    )
    new = added.body.operations[1].operation
    new.detach_from_parent()
    module.body.append(new)


def _worked_out(mlir, ir, module, checked):
    """The program with the sizes that follow from those of its arguments.

    Raises:
        InvalidArgumentError: The program says that its arguments do not have such sizes.
    """
    try:
        return ir.Module.parse(mlir.refine_polymorphic_shapes(_written(mlir, module), enable_shape_assertions=checked))
    except (ValueError, xla.jax.errors.JaxRuntimeError) as error:
        raise InvalidArgumentError(
            f"the program of XlaCallModule does not take arguments of these sizes: {_first(error)}"
        ) from error
