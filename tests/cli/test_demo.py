import pytest

from tapeflow.cli.demo import run_demo


@pytest.fixture
def examples(tmp_path):
    folder = tmp_path / "examples"
    folder.mkdir()
    (folder / "good.py").write_text('"""Says where."""\nimport sys\nprint("writes to", sys.argv[1])\n')
    return folder


def test_every_example_runs(examples, capfd, tmp_path):
    assert run_demo(tmp_path / "out", examples) == 0
    assert f"-- good.py: Says where.\nwrites to {tmp_path / 'out'}\n" in capfd.readouterr().out


def test_failing_example_is_named_and_the_others_run(examples, capfd, tmp_path):
    (examples / "bad.py").write_text('"""Fails."""\nraise SystemExit(3)\n')
    assert run_demo(tmp_path, examples) == 1
    printed = capfd.readouterr()
    assert "writes to" in printed.out
    assert printed.err == "tapeflow demo: failed: bad.py\n"


def test_missing_examples_are_explained(tmp_path, capsys):
    assert run_demo(tmp_path, tmp_path) == 2
    assert "--examples" in capsys.readouterr().err
