"""`tf.experimental.dtensor` on virtual processors."""

import numpy as np
import pytest

import tapeflow as tf
from tapeflow.core.engines import sharded

dtensor = tf.experimental.dtensor
Layout, UNSHARDED = dtensor.Layout, dtensor.UNSHARDED


@pytest.fixture
def mesh():
    return dtensor.create_mesh([("x", 4), ("y", 2)], devices=[f"CPU:{i}" for i in range(8)])


def test_texts_of_meshes_and_layouts_are_tensorflows():
    mesh = dtensor.create_mesh([("x", 2)], devices=["CPU:0", "CPU:1"], mesh_name="n")
    device = "/job:localhost/replica:0/task:0/device:CPU"
    text = f"n|x=2|0,1|0,1|{device}:0,{device}:1"
    assert repr(mesh) == f"Mesh.from_string({text})"
    assert Layout(["x", UNSHARDED], mesh).to_string() == f"sharding_specs:x,unsharded, mesh:{text}"


def test_texts_are_read_back(mesh):
    layout = Layout(["y", UNSHARDED], mesh)
    assert dtensor.Mesh.from_string(mesh.to_string()) == mesh
    assert Layout.from_string(layout.to_string()) == layout
    assert hash(Layout.from_string(layout.to_string())) == hash(layout)


def test_mesh_questions(mesh):
    assert (mesh.shape(), mesh.size, mesh.dim_names, mesh.strides) == ([4, 2], 8, ["x", "y"], [2, 1])
    assert mesh["x"].size == mesh.dim_size("x") == 4
    assert "z" not in mesh
    assert mesh.unravel_index()[5] == {"x": 2, "y": 1}
    assert mesh.coords(5).numpy().tolist() == [2, 1]
    with pytest.raises(ValueError, match="zz does not exist"):
        mesh.dim_size("zz")


def test_layout_questions(mesh):
    layout = Layout(["x", UNSHARDED], mesh)
    assert (layout.rank, layout.num_shards(0), layout.num_shards(1)) == (2, 4, 1)
    assert layout.local_shape_from_global_shape(tf.TensorShape([8, 3])).as_list() == [2, 3]
    assert layout.offset_to_shard()[:3] == [(0, 0), (0, 0), (1, 0)]
    assert layout.delete(0).sharding_specs == [UNSHARDED]
    with pytest.raises(ValueError, match="repeated"):
        Layout(["x", "x"], mesh)
    with pytest.raises(ValueError, match="valid mesh dimension"):
        Layout(["q"], mesh)


def test_parts_lie_where_the_layout_says(mesh):
    x = np.arange(16.0, dtype=np.float32).reshape(8, 2)
    laid = dtensor.copy_to_mesh(tf.constant(x), Layout(["x", "y"], mesh))
    parts = [part.numpy() for part in dtensor.unpack(laid)]
    for i, part in enumerate(parts):
        row, column = divmod(i, 2)
        np.testing.assert_array_equal(part, x[2 * row : 2 * row + 2, column : column + 1])
    np.testing.assert_array_equal(dtensor.pack(parts, Layout(["x", "y"], mesh)).numpy(), x)


def test_sizes_that_cannot_be_cut_are_refused(mesh):
    with pytest.raises(tf.errors.InvalidArgumentError, match="cannot be cut"):
        dtensor.copy_to_mesh(tf.zeros([6, 2]), Layout(["x", UNSHARDED], mesh))
    with pytest.raises(tf.errors.InvalidArgumentError, match="expected 8 inputs"):
        dtensor.pack([[1.0]] * 3, Layout(["x"], mesh))


def test_products_are_cut_along_both_dimensions(mesh):
    a = dtensor.copy_to_mesh(tf.ones([8, 4]), Layout(["x", UNSHARDED], mesh))
    b = dtensor.copy_to_mesh(tf.ones([4, 6]), Layout([UNSHARDED, "y"], mesh))
    c = tf.matmul(a, b)
    assert dtensor.fetch_layout(c).sharding_specs == ["x", "y"]
    np.testing.assert_array_equal(c.numpy(), np.full((8, 6), 4.0))
    assert dtensor.fetch_layout(a * 2.0 + 1.0).sharding_specs == ["x", UNSHARDED]


def test_relayout(mesh):
    a = dtensor.copy_to_mesh(tf.range(8), Layout(["x"], mesh))
    whole = dtensor.relayout(a, Layout.replicated(mesh, 1))
    assert dtensor.fetch_layout(whole).is_fully_replicated()
    np.testing.assert_array_equal(whole.numpy(), range(8))
    assert dtensor.fetch_layout(dtensor.relayout_like(whole, a)) == dtensor.fetch_layout(a)
    dtensor.check_layout(a, Layout(["x"], mesh))
    with pytest.raises(ValueError, match="did not match"):
        dtensor.check_layout(a, Layout(["y"], mesh))


def test_a_tensor_on_no_mesh_has_no_layout(mesh):
    assert not dtensor.is_dtensor(tf.constant(1.0))
    with pytest.raises(tf.errors.InvalidArgumentError, match="FetchLayout"):
        dtensor.fetch_layout(tf.constant(1.0))


def test_a_variable_keeps_its_layout(mesh):
    layout = Layout(["x", UNSHARDED], mesh)
    v = dtensor.DVariable(dtensor.call_with_layout(tf.ones, layout, [8, 2]))
    v.assign_add(dtensor.copy_to_mesh(tf.ones([8, 2]), Layout.replicated(mesh, 2)))
    assert dtensor.fetch_layout(v) == layout
    np.testing.assert_array_equal(v.numpy(), np.full((8, 2), 2.0))
    with pytest.raises(tf.errors.InvalidArgumentError, match="Neither layout"):
        dtensor.DVariable(tf.ones([2]))
    with pytest.raises(tf.errors.InvalidArgumentError, match="Conflicting"):
        dtensor.DVariable(v.read_value(), layout=Layout.replicated(mesh, 2))


def trained(place, steps=5):
    """Losses and weights of two layers, whose tensors `place` puts on a mesh: (value, specs) -> tensor."""
    rng = np.random.default_rng(0)
    first, second = (rng.normal(size=s).astype(np.float32) for s in ((4, 8), (8, 2)))
    x, y = rng.normal(size=(16, 4)).astype(np.float32), rng.normal(size=(16, 2)).astype(np.float32)
    weights = [place(first, [UNSHARDED, "y"], True), place(second, ["y", UNSHARDED], True)]

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(tf.matmul(tf.nn.relu(tf.matmul(x, weights[0])), weights[1]) - y))
        for w, g in zip(weights, tape.gradient(loss, weights), strict=True):
            w.assign_sub(0.1 * g)
        return loss

    x, y = place(x, ["x", UNSHARDED], False), place(y, ["x", UNSHARDED], False)
    return [float(step(x, y).numpy()) for _ in range(steps)], [w.numpy() for w in weights], weights


def test_data_and_tensor_parallel_training_gives_the_same_losses(mesh):
    def on_mesh(value, specs, is_variable):
        laid = dtensor.copy_to_mesh(tf.constant(value), Layout(specs, mesh))
        return dtensor.DVariable(laid) if is_variable else laid

    losses, values, weights = trained(on_mesh)
    expected, expected_values, _ = trained(
        lambda v, specs, is_variable: (tf.Variable if is_variable else tf.constant)(v)
    )
    np.testing.assert_allclose(losses, expected, rtol=1e-5)
    for a, b in zip(values, expected_values, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
    assert dtensor.fetch_layout(weights[0]).sharding_specs == [UNSHARDED, "y"]


def test_eager_gradients(mesh):
    a = dtensor.copy_to_mesh(tf.ones([8, 4]), Layout(["x", UNSHARDED], mesh))
    w = dtensor.DVariable(dtensor.call_with_layout(tf.ones, Layout([UNSHARDED, "y"], mesh), [4, 2]))
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.matmul(a, w))
    np.testing.assert_array_equal(tape.gradient(y, w).numpy(), np.full((4, 2), 8.0))


def test_a_picture_names_the_devices(mesh):
    picture = Layout(["x", "y"], mesh)._repr_svg_()
    assert picture.startswith("<svg")
    assert all(f"CPU:{i}" in picture for i in range(8))


def test_checkpoints_keep_layouts(mesh, tmp_path):
    layout = Layout(["x", UNSHARDED], mesh)
    v = dtensor.DVariable(dtensor.copy_to_mesh(tf.reshape(tf.range(8.0), [4, 2]), layout))
    checkpoint = dtensor.DTensorCheckpoint(mesh, v=v)
    path = checkpoint.save(str(tmp_path / "c"))
    v.assign(tf.zeros([4, 2]))
    checkpoint.restore(path)
    np.testing.assert_array_equal(v.numpy(), np.arange(8.0).reshape(4, 2))
    assert dtensor.fetch_layout(v) == layout


def test_saving_by_name(mesh, tmp_path):
    layout = Layout(["x"], mesh)
    a = dtensor.copy_to_mesh(tf.range(8.0), layout)
    dtensor.name_based_save(mesh, str(tmp_path / "c"), {"a": a})
    like = dtensor.copy_to_mesh(tf.zeros([8]), layout)
    found = dtensor.name_based_restore(mesh, str(tmp_path / "c"), {"a": like})["a"]
    np.testing.assert_array_equal(found.numpy(), np.arange(8.0))
    assert dtensor.fetch_layout(found) == layout


def test_datasets_on_a_mesh(mesh):
    layout = Layout(["x", UNSHARDED], mesh)
    rows = tf.data.Dataset.from_tensor_slices(np.arange(16.0).reshape(8, 2))
    dataset = dtensor.DTensorDataset(rows, mesh=mesh, layouts=layout, global_batch_size=4)
    batches = list(dataset)
    assert [dtensor.fetch_layout(batch) for batch in batches] == [layout] * 2
    np.testing.assert_array_equal(batches[1].numpy(), np.arange(8.0, 16.0).reshape(4, 2))


def addresses(variable):
    return [part.unsafe_buffer_pointer() for part in sharded.parts(variable._storage.value)]


def test_a_step_uses_the_memory_of_the_values_that_it_overwrites(mesh):
    v = dtensor.DVariable(dtensor.copy_to_mesh(tf.zeros([64, 64]), Layout(["x", "y"], mesh)))

    @tf.function
    def step():
        v.assign_add(tf.ones([64, 64]))

    for _ in range(3):
        step()
    before = addresses(v)
    step()
    assert addresses(v) == before
    np.testing.assert_array_equal(v.numpy(), np.full((64, 64), 4.0))


def test_what_was_read_before_a_step_stays_as_it_is(mesh):
    v = dtensor.DVariable(dtensor.copy_to_mesh(tf.zeros([64, 64]), Layout(["x", "y"], mesh)))

    @tf.function
    def step():
        v.assign_add(tf.ones([64, 64]))

    for _ in range(3):
        step()
    kept = v.read_value()
    step()
    np.testing.assert_array_equal(kept.numpy(), np.full((64, 64), 3.0))
    assert dtensor.fetch_layout(v).sharding_specs == ["x", "y"]


def test_a_function_reads_batches_from_a_dataset(mesh):
    w = dtensor.DVariable(dtensor.copy_to_mesh(tf.ones([4, 2]), Layout.replicated(mesh, 2)))
    batches = iter(tf.data.Dataset.from_tensor_slices(np.ones((16, 4), np.float32)).batch(8))

    @tf.function
    def step(batches):
        x = dtensor.relayout(next(batches), Layout(["x", UNSHARDED], mesh))
        w.assign_add(tf.ones([4, 2]))
        return tf.matmul(x, w)

    y = step(batches)
    np.testing.assert_array_equal(y.numpy(), np.full((8, 2), 8.0))
    assert dtensor.fetch_layout(y).sharding_specs[0] == "x"
    np.testing.assert_array_equal(step(batches).numpy(), np.full((8, 2), 12.0))
