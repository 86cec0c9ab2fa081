"""What front ends such as Keras 2 do with SavedModels: objects of their own stand for those in the file."""

import inspect

import pytest

import tapeflow as tf
from tapeflow.compat.decorators import make_decorator
from tapeflow.compat.named_function import Function
from tapeflow.core.files import revived
from tapeflow.core.files.saved_files import read
from tapeflow.core.files.saved_model import load_partial, save_and_return_nodes


class Layer(tf.Module):
    def __init__(self, start):
        super().__init__()
        self.weight = tf.Variable(start)

    @tf.function(input_signature=[tf.TensorSpec([None])])
    def __call__(self, x):
        return x * self.weight


@pytest.fixture
def saved(tmp_path):
    model = tf.Module()
    model.first, model.second = Layer(2.0), Layer(3.0)
    return model, *save_and_return_nodes(model, tmp_path), tmp_path


def test_nodes_are_numbered_as_in_the_file_and_know_their_way(saved):
    model, nodes, paths, folder = saved
    written = read(folder).meta_graphs[0].object_graph_def.nodes
    assert len(nodes) == len(written)
    assert [one.name for one in paths[model.second.weight]] == ["second", "weight"]
    assert paths[model] == ()
    assert written[nodes.index(model.second)].WhichOneof("kind") == "user_object"


def test_given_objects_get_the_saved_values_and_stay_themselves(saved):
    *_, folder = saved
    mine, seen = Layer(0.0), []
    found = load_partial(
        folder,
        {
            "root": None,
            "root.first": (mine, lambda obj, name, value: seen.append(name)),
            "root.first.weight": mine.weight,
        },
    )
    assert found["root.first"] is found["root"].first is mine
    assert mine.weight.numpy() == 2.0
    assert found["root"].second(tf.ones([2])).numpy().tolist() == [3.0, 3.0]
    assert "weight" in seen
    mine.weight.assign(5.0)
    loaded_call = load_partial(folder, {"root.first.weight": mine.weight, "root.first": None})["root.first"]
    assert loaded_call(tf.ones([1])).numpy() == 2.0


def test_a_path_that_the_model_does_not_have_is_refused(saved):
    *_, folder = saved
    with pytest.raises(ValueError, match=r"there is no object 'root\.third'"):
        load_partial(folder, {"root.third": None})


def test_an_announced_type_comes_back_as_itself(tmp_path, monkeypatch):
    class Counter(tf.Module):
        pass

    monkeypatch.setattr(revived, "_TYPES", {})
    version = revived.VersionedTypeRegistration(lambda proto: Counter(), 3, 1, 2)
    revived.register_revived_type("counter", lambda obj: isinstance(obj, Counter), [version])
    model = tf.Module()
    model.counter = Counter()
    model.counter.steps = tf.Variable(7)
    tf.saved_model.save(model, tmp_path)
    loaded = tf.saved_model.load(tmp_path)
    assert type(loaded.counter) is Counter
    assert loaded.counter.steps.numpy() == 7
    revived._TYPES.clear()
    assert tf.saved_model.load(tmp_path).counter.steps.numpy() == 7


def test_a_described_signature_is_the_one_that_is_saved(tmp_path):
    def call(self, x, training=None):
        return x

    class Model(tf.Module):
        call_of = call

    model = Model()
    inner = model.call_of

    def wrapper(*args, **kwargs):
        return inner(*args, **kwargs)

    spec = inspect.getfullargspec(inner)._replace(defaults=(False,))
    model.f = tf.function(make_decorator(inner, wrapper, decorator_argspec=spec))
    model.f(tf.ones([2]))
    tf.saved_model.save(model, tmp_path)
    assert tf.saved_model.load(tmp_path).f.function_spec.arg_names == ["x", "training"]
    assert tf.saved_model.load(tmp_path).f(tf.zeros([2])).numpy().tolist() == [0.0, 0.0]


def test_functions_are_made_with_a_name_and_recognised():
    made = Function(lambda x: x + 1.0, "loss", input_signature=[tf.TensorSpec([])])
    assert made.__name__ == "loss"
    assert made(1.0).numpy() == 2.0
    assert isinstance(made, Function)
    assert isinstance(tf.function(lambda: 1), Function)
    assert not isinstance(len, Function)
