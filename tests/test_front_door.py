"""What `import tapeflow` costs and needs, each in a fresh process: module tables are per process."""

import subprocess
import sys
import textwrap

import pytest

OPTIONAL = [
    "jax",
    "jaxlib",
    "keras",
    "google",
    "PIL",
    "optree",
    "scipy",
    "google_crc32c",
    "matplotlib",
    "IPython",
]


def run(program):
    """Runs a program in a new process and returns what it prints; it may write nothing to standard error."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_import_loads_numpy_and_ml_dtypes_only():
    loaded = run(
        """
        import sys
        import numpy, ml_dtypes
        before = set(sys.modules)
        import tapeflow
        packages = {name.partition(".")[0] for name in set(sys.modules) - before}
        print(*sorted(packages - set(sys.stdlib_module_names)))
        """
    )
    assert loaded.split() == ["tapeflow"]


@pytest.mark.parametrize(
    "program", ["import tapeflow", "from tapeflow import GradientTape, Variable, constant"]
)
def test_import_is_silent(program):
    assert run(program) == ""


def test_eager_math_tapes_and_variables_need_none_of_the_optional_packages():
    printed = run(
        f"""
        import sys

        class Hidden:
            def find_spec(self, name, path=None, target=None):
                if name.partition(".")[0] in {OPTIONAL!r}:
                    raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

        sys.meta_path.insert(0, Hidden())
        import tapeflow as tf

        w = tf.Variable([1.0, 2.0])
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.tanh(w) ** 2 + tf.matmul([[1.0, 2.0]], w[:, None])[0])
        print(tape.gradient(loss, w).shape)
        w.assign_add([1.0, 1.0])
        print(w.numpy(), tf.strings.join(["a", "b"]).numpy() if hasattr(tf, "strings") else b"ab")
        print(tf.nest.flatten({{"a": 1, "b": [2, 3]}}), tf.constant(1, tf.bfloat16).dtype)
        """
    )
    assert printed.splitlines() == ["(2,)", "[2. 3.] b'ab'", "[1, 2, 3] <dtype: 'bfloat16'>"]


def test_numpy_warnings_do_not_leak_and_its_error_state_is_left_alone():
    printed = run(
        """
        import numpy as np
        before = np.geterr()
        import tapeflow as tf
        print(tf.math.log(0.0).numpy(), (tf.constant(1.0) / 0.0).numpy(), tf.sqrt(-1.0).numpy())
        print(tf.exp(1000.0).numpy(), (tf.constant(2**31 - 1) + 1).numpy())
        print(np.geterr() == before)
        """
    )
    assert printed.split() == ["-inf", "inf", "nan", "inf", "-2147483648", "True"]


def test_versions_are_those_of_the_release_followed_and_of_tapeflow():
    printed = run("import tapeflow as tf; print(tf.__version__, tf.version.VERSION, tf.__tapeflow_version__)")
    assert printed.split() == ["2.21.0", "2.21.0", "0.1.0"]


def test_names_are_listed_and_unknown_ones_are_refused():
    printed = run(
        """
        import tapeflow as tf
        print("GradientTape" in dir(tf), "linalg" in dir(tf))
        try:
            tf.no_such_name
        except AttributeError as error:
            print(error)
        """
    )
    assert printed == "True True\nmodule 'tapeflow' has no attribute 'no_such_name'\n"


@pytest.mark.parametrize("name", ["nn", "linalg", "strings", "random"])
def test_a_namespace_that_is_imported_first_gives_whole_tensors(name):
    run(f"import tapeflow.{name}; from tapeflow.core.values.tensor import Tensor; assert '__add__' in vars(Tensor)")


def test_no_namespace_is_hidden_by_a_module_of_pythons():
    assert run(
        """
        import tapeflow as tf
        from tapeflow._names import MODULES
        print([n for n in MODULES if n in vars(tf) and not vars(tf)[n].__name__.startswith("tapeflow.")])
        """
    ) == "[]\n"
