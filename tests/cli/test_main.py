import subprocess
import sys

import pytest

from tapeflow.cli.main import _split_at_script, main


@pytest.mark.parametrize(
    ("arguments", "own"),
    [
        (["run", "a.py"], ["run", "a.py"]),
        (["run", "a.py", "--to", "x", "--help"], ["run", "a.py"]),
        (["run", "--keep-going", "a.py", "b.py"], ["run", "--keep-going", "a.py"]),
        (["run", "--to", "b.py", "a.ipynb", "c"], ["run", "--to", "b.py", "a.ipynb", "c"]),
        (["run", "a.ipynb", "--to", "x"], ["run", "a.ipynb", "--to", "x"]),
        (["run"], ["run"]),
    ],
)
def test_words_after_a_script_are_the_scripts(arguments, own):
    assert _split_at_script(arguments) == (own, arguments[len(own) :])


def test_no_arguments_print_help(capsys):
    assert main([]) == 0
    assert "doctor" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "nowhere.py"], "no such file: nowhere.py"),
        (["run", "--keep-going", __file__], "for notebooks"),
        (["walk"], "invalid choice"),
    ],
)
def test_wrong_arguments_end_with_code_2(arguments, message, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert message in capsys.readouterr().err


def test_version_names_both(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == "tapeflow 0.1.0 (API of TensorFlow 2.21.0)\n"


def test_module_can_be_run():
    done = subprocess.run(
        [sys.executable, "-m", "tapeflow", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("tapeflow 0.1.0")
