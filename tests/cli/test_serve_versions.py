"""`tapeflow serve`: versions that come, fail and go while the server runs, and files that say what to serve."""

import json
import shutil
import threading

import pytest

from tapeflow.cli.serving import config, source
from tapeflow.cli.serving.limits import Limits
from tapeflow.cli.serving.server import make
from tapeflow.cli.serving.worker import Batching
from tapeflow.core.base.errors import InvalidArgumentError
from tests.cli.serving_models import ask, hold, save, serve

PREDICT = "/v1/models/m:predict"


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """The model in two versions that tell themselves apart."""
    folder = tmp_path_factory.mktemp("two")
    return {n: save(folder / str(n), factor=n) for n in (1, 2)}


@pytest.fixture
def folder(tmp_path, two):
    shutil.copytree(two[1], tmp_path / "m" / "1")
    return tmp_path / "m"


def factor(application, path=PREDICT):
    response = ask(application, path, {"instances": [[1, 0]]})
    return response.json()["predictions"][0] if response.status_code == 200 else response.json()["error"]


def states(application):
    found = ask(application, "/v1/models/m").json()["model_version_status"]
    return {one["version"]: one["state"] for one in found}


def look(application, times=2):
    """What the thread does now and then."""
    for _ in range(times):
        application.models.get("m").refresh()


def test_a_new_version_takes_over_and_the_old_one_ends(folder, two):
    application = serve(folder)
    assert factor(application) == 1
    shutil.copytree(two[2], folder / "2")
    look(application)
    assert factor(application) == 2
    assert states(application) == {"1": "END", "2": "AVAILABLE"}
    assert "Servable not found" in factor(application, "/v1/models/m/versions/1:predict")


def test_files_that_still_change_are_not_loaded(folder, two):
    application = serve(folder)
    shutil.copytree(two[2], folder / "2", ignore=shutil.ignore_patterns("variables*"))
    look(application, 1)
    (folder / "2" / "variables").mkdir()
    for file in (two[2] / "variables").iterdir():
        shutil.copy(file, folder / "2" / "variables")
        look(application, 1)
        assert factor(application) == 1
    look(application, 1)
    assert factor(application) == 2


def test_a_broken_version_is_told_of_and_the_old_one_stays(folder, two):
    application = serve(folder)
    (folder / "2").mkdir()
    (folder / "2" / "saved_model.pb").write_bytes(b"\x08\x01broken")
    look(application, 4)
    assert factor(application) == 1
    (status,) = ask(application, "/v1/models/m/versions/2").json()["model_version_status"]
    assert (status["state"], status["status"]["error_code"]) == ("END", "DATA_LOSS")
    assert "saved_model.pb" in status["status"]["error_message"]
    assert ask(application, "/readyz").status_code == 200
    shutil.rmtree(folder / "2")
    shutil.copytree(two[2], folder / "2")
    look(application)
    assert factor(application) == 2


def test_requests_of_the_old_version_are_answered_before_it_ends(folder, two):
    application = serve(folder)
    may_go, answers = threading.Event(), []
    hold(application, "m", "serving_default", may_go)
    asking = threading.Thread(target=lambda: answers.append(factor(application)))
    asking.start()
    while not application.metrics.in_flight:
        pass
    shutil.copytree(two[2], folder / "2")
    looking = threading.Thread(target=look, args=(application,))
    looking.start()
    while states(application).get("1") != "UNLOADING":
        pass
    assert factor(application) == 2
    may_go.set()
    asking.join(20)
    looking.join(20)
    assert answers == [1]
    assert states(application)["1"] == "END"


def test_a_version_whose_files_vanish_is_served_until_another_comes(folder, two):
    application = serve(folder)
    shutil.rmtree(folder / "1")
    look(application)
    assert factor(application) == 1
    shutil.copytree(two[2], folder / "2")
    look(application)
    assert states(application) == {"1": "END", "2": "AVAILABLE"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("latest", {7}), ("latest:2", {3, 7}), ("latest:9", {1, 3, 7}), ("all", {1, 3, 7}), ("1,7,8", {1, 7}), ("3", {3})],
)
def test_a_policy_chooses_versions(text, wanted):
    assert source.policy_of(text).wanted({1: "", 3: "", 7: ""}) == wanted


@pytest.mark.parametrize("text", ["", "latest:0", "latest:x", "all:2", "1,x", "-1"])
def test_other_words_are_no_policy(text):
    with pytest.raises(InvalidArgumentError, match="says no versions"):
        source.policy_of(text)


def test_a_configuration_names_models_versions_and_labels(tmp_path, two):
    for name in ("a", "b"):
        for n, path in two.items():
            shutil.copytree(path, tmp_path / name / f"{n:05}")
    text = """
        model_config_list {
          config { name: 'first' base_path: 'a' model_platform: 'tensorflow'
                   model_version_policy { all {} } version_labels { key: 'stable' value: 1 } }
          config { name: 'second' base_path: 'b' model_version_policy { specific { versions: 1 } } }
        }"""
    (tmp_path / "models.config").write_text(text)
    application = make(config.read(tmp_path / "models.config"), Batching(), Limits(), warms=False, period=0)
    assert factor(application, "/v1/models/first:predict") == 2
    assert factor(application, "/v1/models/first/labels/stable:predict") == 1
    assert factor(application, "/v1/models/first/versions/1:predict") == 1
    assert factor(application, "/v1/models/second:predict") == 1
    found = ask(application, "/v1/models/first/labels/stable").json()["model_version_status"]
    assert [one["version"] for one in found] == ["1"]
    assert ask(application, "/v1/models/first/labels/stable/metadata").json()["model_spec"]["version"] == "1"
    listed = [
        {"name": "first", "base_path": str(tmp_path / "a"), "model_version_policy": {"latest": {"num_versions": 2}}}
    ]
    (tmp_path / "models.json").write_text(json.dumps({"model_config_list": {"config": listed}}))
    (found,) = config.read(tmp_path / "models.json")
    assert (found.name, found.path, found.policy.latest) == ("first", tmp_path / "a", 2)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("model_config_list { config { name: 'a' base_path: 'none' } }", "there is no"),
        ("model_config_list { config { name: 'a' } }", "there is no base_path"),
        ("model_config_list { config { name: 'a/b' base_path: '.' } }", "cannot be a model's name"),
        ("model_config_list { config { name: 'a' base_path: '.' model_platform: 'x' } }", "is for x"),
        ("model_config_list { }", "lists no models"),
        ("{'model_config_list'", "is no model_config_list"),
        ("models: 1", "is no model_config_list"),
    ],
)
def test_a_wrong_configuration_is_refused(tmp_path, text, sentence):
    (tmp_path / "models.config").write_text(text)
    with pytest.raises(InvalidArgumentError, match=sentence):
        config.read(tmp_path / "models.config")


def test_a_path_gives_the_name_and_the_version(tmp_path, two):
    assert source.named(str(two[2])).name == two[2].parent.name
    assert source.named(str(two[2])).versions() == {2: two[2]}
    assert source.named(f"n={two[2]}").name == "n"
    (tmp_path / "net.keras").touch()
    assert source.named(str(tmp_path / "net.keras")).versions() == {1: tmp_path / "net.keras"}
    assert source.named(str(tmp_path / "net.keras")).name == "net"
    with pytest.raises(InvalidArgumentError, match="there is no"):
        source.named(str(tmp_path / "none"))
    (tmp_path / "net.txt").touch()
    with pytest.raises(InvalidArgumentError, match=r"neither a directory nor a \.keras file"):
        source.named(str(tmp_path / "net.txt"))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own
def test_a_keras_file_is_served(tmp_path):
    import tapeflow as tf

    keras = tf.keras
    model = keras.Sequential([keras.Input((3,), name="x"), keras.layers.Dense(2)])
    model.save(tmp_path / "net.keras")
    application = serve(tmp_path / "net.keras")
    response = ask(application, "/v1/models/net:predict", {"instances": [[1, 2, 3]]})
    wanted = model(tf.constant([[1.0, 2, 3]])).numpy().tolist()
    assert response.json() == {"predictions": [pytest.approx(row, rel=1e-5) for row in wanted]}
