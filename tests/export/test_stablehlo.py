"""`tf.export.to_stablehlo` and `from_stablehlo`: what comes back computes the same, forwards and backwards."""

import copy
import pickle

import numpy as np
import pytest

import tapeflow as tf
from tests.export.functions import FUNCTIONS, arguments
from tests.keras import models

TOLERANCE = {tf.bfloat16: 1e-2, tf.float16: 2e-3}


def assert_close(found, wanted):
    found, wanted = tf.nest.flatten(found), tf.nest.flatten(wanted)
    assert len(found) == len(wanted)
    for x, y in zip(found, wanted, strict=True):
        assert (x is None) is (y is None)
        if y is not None:
            assert x.dtype is y.dtype
            tolerance = TOLERANCE.get(y.dtype, 1e-5)
            np.testing.assert_allclose(numbers(x), numbers(y), tolerance, tolerance)


def numbers(x):
    return np.asarray(tf.convert_to_tensor(x)).astype(np.complex128 if x.dtype.is_complex else np.float64)


def gradients(function, inputs):
    inputs = [tf.identity(x) for x in inputs]
    with tf.GradientTape() as tape:
        tape.watch([x for x in inputs if x.dtype.is_floating or x.dtype.is_complex])
        outputs = [y for y in tf.nest.flatten(function(*inputs)) if y is not None]
        targets = [y for y in outputs if y.dtype.is_floating or y.dtype.is_complex]
    sources = [x for x in inputs if x.dtype.is_floating or x.dtype.is_complex]
    found = tape.gradient(targets, sources, unconnected_gradients="zero")
    return [tf.convert_to_tensor(dx) for dx in found]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_come_back_the_same(name, tmp_path):
    function, specs, sizes, _ = FUNCTIONS[name]
    function = tf.function(function, input_signature=specs)
    tf.export.to_stablehlo(function, tmp_path / "program", vjp_order=0)
    loaded = tf.export.from_stablehlo(tmp_path / "program")
    for size in sizes:
        inputs = arguments(specs, size)
        assert_close(loaded(*inputs), function(*inputs))


@pytest.mark.slow
@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_come_back_with_their_gradient(name):
    function, specs, sizes, has_gradient = FUNCTIONS[name]
    function = tf.function(function, input_signature=specs)
    loaded = tf.export.from_stablehlo(tf.export.to_stablehlo(function).serialize())
    assert loaded.has_gradient is has_gradient, loaded.gradient_missing
    for size in sizes if has_gradient else ():
        inputs = arguments(specs, size)
        assert_close(gradients(loaded, inputs), gradients(function, inputs))


@pytest.mark.parametrize("name", ["sums", "flattened", "branches", "own_gradient"])
def test_programs_work_in_functions(name):
    function, specs, _, _ = FUNCTIONS[name]
    program = tf.export.to_stablehlo(function, input_signature=specs)
    for size in (2, 3):
        inputs = arguments(specs, size)
        assert_close(tf.function(lambda *inputs: program(*inputs))(*inputs), function(*inputs))
        inside = tf.function(lambda *inputs: gradients(program, inputs))
        assert_close(inside(*inputs), gradients(tf.function(function), inputs))


# Its layer draws random numbers from a stream that moves on: not a program without state.
KERAS = [name for name in models.MODELS if name != "variational"]


@pytest.mark.slow
@pytest.mark.parametrize("name", KERAS)
def test_keras_models_come_back_the_same(name, tmp_path):
    keras = tf.keras
    keras.utils.set_random_seed(20)
    model, x, _ = models.MODELS[name](keras)
    specs = None if getattr(model, "inputs", None) else [tf.TensorSpec([None, *x.shape[1:]])]
    tf.export.to_stablehlo(model, tmp_path / "program", specs, vjp_order=0)
    loaded = tf.export.from_stablehlo(tmp_path / "program")
    wanted_specs = loaded.structured_input_signature[0][0]
    for size in (2, 3):
        inputs = tf.nest.map_structure(lambda spec, one, size=size: tf.cast(one[:size], spec.dtype), wanted_specs, x)
        assert_close(loaded(inputs), model(inputs, training=False))


# -- signatures and forms ----------------------------------------------------------------------------


def double(x):
    return {"y": x * 2.0}


BATCH = [tf.TensorSpec([None, 2], tf.float32)]


def test_signatures_name_the_sizes_that_vary():
    specs = [tf.TensorSpec([None, 3]), tf.TensorSpec([3, None])]
    program = tf.export.to_stablehlo(lambda x, y: x @ y, input_signature=specs)
    assert str(program) == "<lambda>(x: float32[batch, 3], y: float32[3, size]) -> float32[batch, size]"
    assert program.structured_outputs == tf.TensorSpec([None, None])


def test_open_sizes_are_one_size_only_where_the_program_needs_it():
    pair = [tf.TensorSpec([None, 3]), tf.TensorSpec([None, 3])]
    together = tf.export.to_stablehlo(lambda x, y: x + y, input_signature=pair)
    apart = tf.export.to_stablehlo(lambda x, y: (x * 2.0, y), input_signature=pair)
    assert str(together).endswith("(x: float32[batch, 3], y: float32[batch, 3]) -> float32[batch, 3]")
    assert apart(tf.ones([1, 3]), tf.ones([4, 3]))[1].shape == (4, 3)
    with pytest.raises(tf.errors.InvalidArgumentError, match="dimension size"):
        together(tf.ones([1, 3]), tf.ones([4, 3]))


def test_arguments_go_by_place_or_name_and_are_checked():
    program = tf.export.to_stablehlo(lambda x, y: x - y, input_signature=[tf.TensorSpec([2]), tf.TensorSpec([2])])
    np.testing.assert_array_equal(program(y=[1.0, 1.0], x=[3.0, 3.0]), [2.0, 2.0])
    with pytest.raises(TypeError, match="called with 1 arguments; its signature"):
        program([1.0, 2.0])
    with pytest.raises(tf.errors.InvalidArgumentError, match="takes float32"):
        program(tf.constant([1, 2]), [1.0, 1.0])
    with pytest.raises(tf.errors.InvalidArgumentError, match="for y"):
        program([1.0, 2.0], [1.0])


def test_one_program_is_for_several_platforms():
    program = tf.export.to_stablehlo(double, input_signature=BATCH, platforms=["cpu", "gpu", "tpu"])
    again = tf.export.from_stablehlo(program.serialize())
    assert again.platforms == ("cpu", "cuda", "tpu")
    np.testing.assert_array_equal(again([[1.0, 2.0]])["y"], [[2.0, 4.0]])
    elsewhere = tf.export.to_stablehlo(double, input_signature=BATCH, platforms="tpu")
    with pytest.raises(tf.errors.UnimplementedError, match="exported for tpu, and this is cpu"):
        elsewhere([[1.0, 2.0]])
    with pytest.raises(tf.errors.InvalidArgumentError, match="known are"):
        tf.export.to_stablehlo(double, input_signature=BATCH, platforms="abacus")


def test_jax_reads_the_file(tmp_path):
    import jax

    tf.export.to_stablehlo(double, tmp_path / "program", BATCH)
    exported = jax.export.deserialize(bytearray((tmp_path / "program").read_bytes()))
    np.testing.assert_array_equal(exported.call(np.ones((3, 2), np.float32))["y"], np.full((3, 2), 2.0))


def test_programs_that_jax_wrote_are_read_when_trusted():
    import jax

    content = bytes(jax.export.export(jax.jit(lambda x: x * 3))(jax.ShapeDtypeStruct((2,), np.float32)).serialize(1))
    with pytest.raises(tf.errors.InvalidArgumentError, match="no checksum"):
        tf.export.from_stablehlo(content)
    program = tf.export.from_stablehlo(content, trusted=True)
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = program(x)
    np.testing.assert_array_equal(tape.gradient(y, x), [3.0, 3.0])


def test_arguments_keep_the_order_that_jax_gave_them():
    import collections

    import jax

    order = collections.OrderedDict(z=np.ones(2, np.float32), a=np.ones(3, np.float32))
    exported = jax.export.export(jax.jit(lambda d: (d["z"] * 2, d["a"] * 3)))(order)
    z, a = tf.export.from_stablehlo(bytes(exported.serialize()), trusted=True)({"a": np.ones(3), "z": np.ones(2)})
    np.testing.assert_array_equal(z, [2.0, 2.0])
    np.testing.assert_array_equal(a, [3.0, 3.0, 3.0])


def test_nested_arguments_and_results_keep_their_structure():
    def nested(pair, options):
        return [pair[0] + options["b"], {"twice": (pair[1] * 2.0,)}], None

    specs = [(tf.TensorSpec([2]), tf.TensorSpec([3])), {"b": tf.TensorSpec([2]), "a": tf.TensorSpec([], tf.int32)}]
    program = tf.export.from_stablehlo(tf.export.to_stablehlo(nested, input_signature=specs).serialize())
    (total, rest), none = program((tf.ones([2]), tf.ones([3])), {"a": 1, "b": [1.0, 2.0]})
    assert none is None
    np.testing.assert_array_equal(total, [2.0, 3.0])
    np.testing.assert_array_equal(rest["twice"][0], [2.0, 2.0, 2.0])


def test_the_text_is_stablehlo():
    text = tf.export.to_stablehlo(double, input_signature=BATCH).mlir_module()
    assert "stablehlo.multiply" in text and "tensor<?x2xf32>" in text


def test_files_hold_no_paths_of_the_machine():
    import jax

    content = tf.export.to_stablehlo(double, input_signature=BATCH).serialize()
    assert __file__.rpartition("/")[0].encode() not in content and b"core/compile" not in content
    assert jax.config.jax_hlo_source_file_canonicalization_regex is None


def test_modules_saved_models_and_traces_are_exported(tmp_path):
    class Scale(tf.Module):
        def __init__(self):
            self.factor = tf.Variable([1.0, 3.0])

        @tf.function(input_signature=BATCH)
        def __call__(self, x):
            return x * self.factor

    module = Scale()
    tf.saved_model.save(module, tmp_path / "model")
    loaded = tf.saved_model.load(tmp_path / "model")
    for model in (module, module.__call__, module.__call__.get_concrete_function(), loaded, tmp_path / "model"):
        program = tf.export.to_stablehlo(model)
        x = [[1.0, 1.0]]
        y = program(x=x)["output_0"] if program.structured_input_signature[1] else program(x)
        np.testing.assert_array_equal(y, [[1.0, 3.0]])
    with pytest.raises(ValueError, match="no signature 'other'; known: serving_default"):
        tf.export.to_stablehlo(loaded, signature="other")


def test_fine_tuning_goes_through_a_program():
    program = tf.export.to_stablehlo(lambda x, w: tf.tanh(x @ w), input_signature=[*BATCH, tf.TensorSpec([2, 1])])
    w = tf.Variable([[0.1], [0.2]])

    @tf.function
    def step(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((program(x, w) - 0.5) ** 2)
        w.assign_sub(0.5 * tape.gradient(loss, w))
        return loss

    losses = [float(step(tf.constant([[1.0, 2.0], [2.0, -1.0]]))) for _ in range(20)]
    assert losses[-1] < losses[0] / 2


def test_a_program_without_its_gradient_says_so():
    program = tf.export.to_stablehlo(double, input_signature=BATCH, vjp_order=0)
    again = tf.export.from_stablehlo(program.serialize())
    assert "vjp_order=0" in again.gradient_missing
    x = tf.ones([1, 2])
    with tf.GradientTape() as tape, pytest.raises(LookupError, match="has no gradient"):
        tape.watch(x)
        again(x)


def test_programs_are_mapped_differentiated_and_copied():
    program = tf.export.to_stablehlo(tf.tanh, input_signature=[tf.TensorSpec([None], tf.float32)])
    x = tf.constant([[0.1, 0.2], [0.3, 0.4]])
    np.testing.assert_allclose(tf.vectorized_map(program, x), tf.tanh(x), 1e-6)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = program(x[0])
    np.testing.assert_allclose(tape.jacobian(y, x)[0, 0], [1 - np.tanh(0.1) ** 2, 0.0], 1e-5)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(program))(x[0]), y)
    assert copy.deepcopy(program)(x[0]).shape == (2,)


def test_a_program_is_part_of_a_program():
    inner = tf.export.to_stablehlo(double, input_signature=BATCH)
    outer = tf.export.to_stablehlo(lambda x: inner(x)["y"] + 1.0, input_signature=BATCH)
    np.testing.assert_array_equal(outer([[1.0, 2.0]]), [[3.0, 5.0]])
    assert str(tf.export.to_stablehlo(inner)) == str(inner)


# -- what is not exported ------------------------------------------------------------------------------


def test_what_runs_on_the_host_is_listed_with_its_lines():
    total = tf.Variable(0.0)

    def mixed(x):
        total.assign_add(tf.reduce_sum(x))
        kept = tf.boolean_mask(x, x > 1.0)
        return tf.strings.to_number(tf.strings.as_string(x)), kept, tf.random.normal([2])

    with pytest.raises(tf.errors.UnimplementedError) as caught:
        tf.export.to_stablehlo(mixed, input_signature=[tf.TensorSpec([None])])
    text = str(caught.value)
    for part in ("Where: ", "AsString: ", "StringToNumber: ", "'Variable:0' is changed", "random stream moves on"):
        assert part in text
    assert "kept = tf.boolean_mask(x, x > 1.0)" in text


def test_prints_and_assertions_are_left_out_and_said():
    def chatty(x):
        tf.print("x is", x)
        tf.debugging.assert_positive(x)
        return x * 2.0

    program = tf.export.to_stablehlo(chatty, input_signature=[tf.TensorSpec([None])])
    program = tf.export.from_stablehlo(program.serialize())
    assert [one.split(":")[0] for one in program.left_out] == ["PrintV2", "Assert"]
    np.testing.assert_array_equal(program([-1.0]), [-2.0])


@pytest.mark.parametrize(
    ("function", "spec", "message"),
    [
        (lambda x: x, tf.TensorSpec([], tf.string), "no strings, and the argument 'x'"),
        (tf.strings.as_string, tf.TensorSpec([], tf.float32), "no strings, and a result"),
        (lambda x: x, tf.TensorSpec(None), "unknown number of axes"),
        (lambda x: x.to_tensor(), tf.RaggedTensorSpec([None, None]), "no RaggedTensor arguments"),
        (tf.RaggedTensor.from_tensor, tf.TensorSpec([None, 2]), "no RaggedTensor results"),
    ],
)
def test_what_a_program_cannot_take_or_give_is_said(function, spec, message):
    with pytest.raises(tf.errors.UnimplementedError, match=message):
        tf.export.to_stablehlo(lambda x: function(x), input_signature=[spec])


def test_saved_models_keep_programs(tmp_path):
    program = tf.export.to_stablehlo(double, input_signature=BATCH)
    module = tf.Module()
    module.call = tf.function(lambda x: program(x)["y"], input_signature=BATCH)
    tf.saved_model.save(module, tmp_path / "model")
    loaded = tf.saved_model.load(tmp_path / "model")
    for n in (1, 4):
        x = tf.random.stateless_normal([n, *BATCH[0].shape[1:]], seed=(1, n))
        assert_close(loaded.call(x), module.call(x))


def test_onnx_refuses_programs():
    program = tf.export.to_stablehlo(double, input_signature=BATCH)
    with pytest.raises(tf.errors.UnimplementedError, match="CallExported"):
        tf.export.to_onnx(tf.function(lambda x: program(x)["y"], input_signature=BATCH))


def test_it_must_be_clear_which_trace_is_meant():
    with pytest.raises(ValueError, match=r"traced 0 times.*input_signature"):
        tf.export.to_stablehlo(double)


# -- files that are not what they should be ------------------------------------------------------------


def test_damage_is_found():
    content = tf.export.to_stablehlo(double, input_signature=BATCH).serialize()
    random = np.random.default_rng(3)
    for _ in range(300):
        damaged = bytearray(content)
        damaged[random.integers(len(damaged))] ^= 1 << random.integers(8)
        with pytest.raises((tf.errors.DataLossError, tf.errors.InvalidArgumentError)):
            tf.export.from_stablehlo(damaged)
    for end in random.integers(0, len(content), 100):
        with pytest.raises((tf.errors.DataLossError, tf.errors.InvalidArgumentError)):
            tf.export.from_stablehlo(content[:end])


def test_programs_that_call_python_are_refused():
    import jax

    from tapeflow.core.files.stablehlo import _joined

    def spies(x):
        return jax.pure_callback(lambda x: x, jax.ShapeDtypeStruct((2,), np.float32), x)

    with pytest.raises(NotImplementedError):  # JAX does not write it, somebody else might
        jax.export.export(jax.jit(spies))(jax.ShapeDtypeStruct((2,), np.float32))
    lax = jax.ffi.ffi_call("xla_python_cpu_callback", jax.ShapeDtypeStruct((2,), np.float32))
    check = jax.export.DisabledSafetyCheck.custom_call("xla_python_cpu_callback")
    hostile = jax.export.export(jax.jit(lax), disabled_checks=[check])(jax.ShapeDtypeStruct((2,), np.float32))
    with pytest.raises(tf.errors.InvalidArgumentError, match="native code by the name 'xla_python_cpu_callback'"):
        tf.export.from_stablehlo(_joined(bytes(hostile.serialize()), {}))


def test_a_missing_file_is_not_found():
    with pytest.raises(tf.errors.NotFoundError):
        tf.export.from_stablehlo("nowhere.stablehlo")


def test_the_command_line_exports(tmp_path, capsys):
    from tapeflow.cli.main import main

    model = tf.Module()
    model.double = tf.function(double, input_signature=BATCH)
    tf.saved_model.save(model, tmp_path / "model", model.double)
    arguments = ["export", str(tmp_path / "model"), "--to", "stablehlo", "-o", str(tmp_path / "program")]
    assert main([*arguments, "--platforms", "cpu", "tpu"]) == 0, capsys.readouterr().err
    program = tf.export.from_stablehlo(tmp_path / "program")
    assert program.platforms == ("cpu", "tpu")
    np.testing.assert_array_equal(program(x=[[1.0, 2.0]])["y"], [[2.0, 4.0]])


def test_an_export_lets_go_of_what_it_exported():
    import gc
    import weakref

    weights = tf.Variable([1.0, 2.0])
    function = tf.function(lambda x: x * weights, input_signature=BATCH)
    tf.export.to_stablehlo(function)
    gone = weakref.ref(function)
    del function
    gc.collect()
    assert gone() is None
