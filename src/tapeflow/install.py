"""Makes `import tensorflow` give TapeFlow, in this process only: nothing on disk changes.

An import finder answers for the name `tensorflow` and everything below it with the very module objects of
`tapeflow`, so a class reached by either name is the same class. Old matplotlib style names, which notebooks
written for TensorFlow often use, are taught to matplotlib when it gets loaded; Keras is told to use the backend that
TapeFlow stands in for.
"""

import contextlib
import importlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import TYPE_CHECKING

from tapeflow._version import TF_VERSION

if TYPE_CHECKING:
    from importlib.metadata import Distribution, DistributionFinder

__all__ = ["install_as_tensorflow", "uninstall_as_tensorflow"]

OURS, THEIRS = "tapeflow", "tensorflow"
# What stands under `tensorflow` and is not of its public API: see `compat/internals.py`.
INTERNAL = frozenset(("__internal__", "compiler", "core", "python", "tools"))


def install_as_tensorflow() -> None:
    """Makes `import tensorflow`, and every name below it, give TapeFlow in this process.

    Call it before anything imports TensorFlow. `importlib.metadata.version("tensorflow")` then names the
    release that TapeFlow follows, so version checks of libraries pass. Calling it again changes nothing.

    Raises:
        RuntimeError: If the real TensorFlow is loaded already: its objects would mix with TapeFlow's.

    >>> import tapeflow
    >>> tapeflow.install_as_tensorflow()
    >>> import tensorflow as tf
    >>> tf is tapeflow
    True
    """
    _refuse_real_tensorflow()
    _meta_path_add(TensorFlowFinder)
    _meta_path_add(StyleFinder)
    _meta_path_add(KerasFinder)
    _meta_path_add(KerasPackagesFinder)
    if style := sys.modules.get(StyleFinder.module):
        add_old_style_names(style)


def uninstall_as_tensorflow() -> None:
    """Undoes `install_as_tensorflow`: `import tensorflow` finds what is installed on disk again.

    Modules that hold TapeFlow under the other name keep it.
    """
    finders = TensorFlowFinder | StyleFinder | KerasFinder
    sys.meta_path[:] = [f for f in sys.meta_path if not isinstance(f, finders)]
    for name in [name for name in sys.modules if _is_theirs(name)]:
        del sys.modules[name]


def _refuse_real_tensorflow() -> None:
    loaded = sys.modules.get(THEIRS)
    if loaded is None:
        sys.modules.pop(THEIRS, None)  # None forbids the import of a name: the caller just allowed it
        return
    if loaded is sys.modules.get(OURS):
        return
    version, place = getattr(loaded, "__version__", "?"), getattr(loaded, "__file__", "?")
    raise RuntimeError(
        f"install_as_tensorflow: TensorFlow itself is loaded already\n"
        f"  got: tensorflow {version} from {place}\n"
        f"  try: call tapeflow.install_as_tensorflow() before the first `import tensorflow`, "
        f"or start the program with `tapeflow run`"
    )


def _meta_path_add(finder: type[MetaPathFinder]) -> None:
    if not any(type(present) is finder for present in sys.meta_path):
        sys.meta_path.insert(0, finder())


def _is_theirs(name: str) -> bool:
    return name == THEIRS or name.startswith(f"{THEIRS}.")


def uses_keras_2() -> bool:
    """Whether the environment asks for Keras 2, in the words that TensorFlow understands."""
    return os.environ.get("TF_USE_LEGACY_KERAS") in ("true", "True", "1")


def keras_package(api: str = "_v2") -> str:
    """The package that is `tf.keras`: Keras 3, or Keras 2 where the environment asks for it.

    Args:
        api: Which of Keras 2's two faces, `_v2` or that of `tf.compat.v1.keras`, `_v1`.
    """
    if not uses_keras_2():
        return "keras._tf_keras.keras"
    if importlib.util.find_spec("tf_keras") is None:
        raise ImportError(
            "tf.keras: the environment variable TF_USE_LEGACY_KERAS asks for Keras 2, which is not installed\n"
            "  try: pip install tf_keras, or unset the variable to have Keras 3",
            name="tf_keras",
        )
    return f"tf_keras.api.{api}.keras"


# -- the name `tensorflow` --------------------------------------------------------------------------------


class TensorFlowFinder(MetaPathFinder):
    """Finds `tensorflow.x.y` as `tapeflow.x.y`, and the metadata of a distribution named tensorflow."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.startswith(f"{OURS}.keras."):
            return _alias(fullname, keras_package() + fullname.removeprefix(f"{OURS}.keras"))
        if not _is_theirs(fullname):
            return None
        path_inside = fullname.removeprefix(THEIRS).removeprefix(".").removeprefix("compat.v2.")
        root, _, below = path_inside.partition(".")
        if root in INTERNAL:
            from tapeflow.compat.internals import PACKAGES  # lazy: few programs ask

            if path_inside not in PACKAGES:
                raise ModuleNotFoundError(
                    f"No module named {fullname!r}: it is one of TensorFlow's internals, and of those TapeFlow has "
                    f"only the few that Keras and its like need, beside the public API; look for the name under tf, "
                    f"tf.compat.v1 or tf.raw_ops",
                    name=fullname,
                )
            return ModuleSpec(fullname, InternalLoader(path_inside), origin="a table of TapeFlow", is_package=True)
        inside_v2 = fullname.removeprefix(f"{THEIRS}.compat.v2")
        ours = OURS + (fullname.removeprefix(THEIRS) if inside_v2 == fullname else inside_v2)
        if root == "keras" and below:
            ours = f"{keras_package()}.{below}"
        return _alias(fullname, ours)

    def find_distributions(self, context: "DistributionFinder.Context | None" = None) -> "Iterable[Distribution]":
        name = None if context is None else context.name
        if name is None or name.lower() == THEIRS:
            yield _distribution()


def _alias(fullname: str, ours: str) -> ModuleSpec | None:
    if not _exists(ours):
        return None
    return ModuleSpec(fullname, AliasLoader(ours), origin=f"alias of {ours}", is_package=True)


class AliasLoader(Loader):
    """Puts an existing module into `sys.modules` under a second name, leaving the module as it is."""

    def __init__(self, ours: str):
        self.ours = ours

    def create_module(self, spec: ModuleSpec) -> None:
        """None: importlib makes an empty module, because it would write our spec into one that we gave it."""

    def exec_module(self, module: ModuleType) -> None:
        # Afterwards importlib takes whatever stands in sys.modules: so may a module replace itself.
        sys.modules[module.__name__] = _resolve(self.ours)


class InternalLoader(AliasLoader):
    """Puts one of the modules of `compat/internals.py` into `sys.modules`."""

    def exec_module(self, module: ModuleType) -> None:
        from tapeflow.compat.internals import module as internal_module  # lazy: few programs ask

        sys.modules[module.__name__] = internal_module(self.ours)


def _exists(ours: str) -> bool:
    if ours in sys.modules:
        return True
    try:
        found = importlib.util.find_spec(ours)
    except ModuleNotFoundError:  # the parent is a plain module
        found = None
    return found is not None or isinstance(_attribute(ours), ModuleType)


def _resolve(ours: str) -> ModuleType:
    try:
        return importlib.import_module(ours)
    except ModuleNotFoundError as error:
        found = _attribute(ours)
        if error.name != ours or not isinstance(found, ModuleType):
            raise
        return found


def _attribute(ours: str) -> object:
    parent, _, child = ours.rpartition(".")
    return getattr(_resolve(parent), child, None)


def _distribution() -> "Distribution":
    # lazy: importlib.metadata pulls in email and zipfile, and only version checks ask for it
    from importlib.metadata import Distribution

    files = {
        "METADATA": f"Metadata-Version: 2.1\nName: {THEIRS}\nVersion: {TF_VERSION}\n"
        "Summary: TapeFlow under TensorFlow's name, in this process only\n",
        "top_level.txt": f"{THEIRS}\n",
    }

    class AliasDistribution(Distribution):
        def read_text(self, filename: str) -> str | None:
            return files.get(filename)

        def locate_file(self, path):
            raise FileNotFoundError(f"{path}: TapeFlow under the name {THEIRS} has no files")

    return AliasDistribution()


# -- Keras ------------------------------------------------------------------------------------------------


class KerasFinder(MetaPathFinder):
    """Lets modules of Keras load as always, and does for seven of them what Keras on TapeFlow needs.

    Its configuration takes TensorFlow for the backend unless the user chose another; modules of that backend learn of
    layouts and fused attention; arrays whose order is kept are cut into batches as slices; callbacks run beside the
    next steps; the module that saves gives files their names when they are complete; the one that shortens tracebacks
    leaves out TapeFlow's frames as it does TensorFlow's.
    """

    modules = {
        "keras.src.backend.config": lambda execute, module: _with_our_backend(execute, module),
        "keras.src.backend.tensorflow.core": lambda execute, module: _completed(
            execute, module, "keras_layouts", "complete_core"
        ),
        "keras.src.backend.tensorflow.distribution_lib": lambda execute, module: _completed(
            execute, module, "keras_layouts", "complete_distribution_lib"
        ),
        "keras.src.backend.tensorflow.nn": lambda execute, module: _completed(
            execute, module, "keras_attention", "complete_nn"
        ),
        "keras.src.trainers.data_adapters.array_data_adapter": lambda execute, module: _completed(
            execute, module, "keras_arrays", "complete_adapter"
        ),
        "keras.src.callbacks.callback_list": lambda execute, module: _completed(
            execute, module, "keras_callbacks", "complete_callback_list"
        ),
        "keras.src.saving.saving_lib": lambda execute, module: _saving_whole_files(execute, module),
        "keras.src.utils.traceback_utils": lambda execute, module: _with_short_tracebacks(execute, module),
    }

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        act = self.modules.get(fullname)
        if act is None:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module
        spec.loader.exec_module = lambda module: act(execute, module)  # type: ignore[method-assign]
        return spec


def _with_our_backend(execute: Callable[[ModuleType], None], module: ModuleType) -> None:
    with _keras_environment() as home:
        execute(module)
    if home:
        module._KERAS_DIR = home  # type: ignore[attr-defined]


def _completed(execute: Callable[[ModuleType], None], module: ModuleType, where: str, name: str) -> None:
    execute(module)
    # lazy: Keras alone needs it
    getattr(importlib.import_module(f"{OURS}.compat.{where}"), name)(module)


def _saving_whole_files(execute: Callable[[ModuleType], None], module: ModuleType) -> None:
    execute(module)
    from tapeflow.compat.whole_files import complete_saving  # lazy: Keras alone needs it

    complete_saving(module)


def _with_short_tracebacks(execute: Callable[[ModuleType], None], module: ModuleType) -> None:
    execute(module)
    module._EXCLUDED_PATHS += (os.path.dirname(os.path.abspath(__file__)),)  # type: ignore[attr-defined]


@contextlib.contextmanager
def _keras_environment() -> Iterator[str]:
    """The environment that Keras reads its settings from; gives its home folder, empty if it needs no correction.

    Keras writes a `keras.json` into its home where there is none: it then writes into a folder that is thrown away.
    """
    home = os.environ.get("KERAS_HOME") or os.path.join(_user_home(), ".keras")
    chosen = {} if os.environ.get("KERAS_BACKEND") else {"KERAS_BACKEND": "tensorflow"}
    with contextlib.ExitStack() as stack:
        written = os.path.exists(os.path.join(home, "keras.json"))
        if not written:
            chosen["KERAS_HOME"] = stack.enter_context(tempfile.TemporaryDirectory(prefix="keras_home"))
        before = {name: os.environ.get(name) for name in chosen}
        os.environ.update(chosen)
        try:
            yield "" if written else home
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def _user_home() -> str:
    """The folder that Keras takes for the user's home."""
    home = os.path.expanduser("~")
    return home if os.access(home, os.W_OK) else "/tmp"


# -- matplotlib's old style names -------------------------------------------------------------------------


class StyleFinder(MetaPathFinder):
    """Lets `matplotlib.style` load as always, then adds the names it has lost."""

    module = "matplotlib.style"

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self.module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def execute_then_add(module: ModuleType) -> None:
            execute(module)
            self.add(module)

        # On this one loader object: a wrapper would hide its get_source, get_resource_reader and so on.
        spec.loader.exec_module = execute_then_add  # type: ignore[method-assign]
        return spec

    def add(self, module: ModuleType) -> None:
        """Adds to the module that was loaded."""
        add_old_style_names(module)


class KerasPackagesFinder(StyleFinder):
    """Lets Keras's table of optional packages load as always, then answers there for tf2onnx, with TapeFlow's exporter.

    tf2onnx works on TensorFlow's insides. Only Keras's own name for it is answered: `import tf2onnx` stays as it is.
    """

    module = "keras.src.utils.module_utils"

    def add(self, module: ModuleType) -> None:
        """Adds to the module that was loaded."""
        from tapeflow.compat.keras_onnx import KerasExporter  # lazy: with Keras only

        module.tf2onnx = KerasExporter()  # type: ignore[attr-defined]


def add_old_style_names(style: ModuleType) -> None:
    """Gives `seaborn-v0_8-x` its old name `seaborn-x` too, in `matplotlib.style` and after its reloads."""
    for old, new in list(_old_style_names(style.library)):
        style.library.setdefault(old, style.library[new])
    if hasattr(style.reload_library, "keeps_old_names"):
        return
    reload_library = style.reload_library

    def reload_with_old_names() -> None:
        """Reloads the style library."""
        reload_library()
        add_old_style_names(style)

    reload_with_old_names.keeps_old_names = True  # type: ignore[attr-defined]
    style.reload_library = reload_with_old_names  # type: ignore[attr-defined]


def _old_style_names(library: Iterable[str]) -> Iterator[tuple[str, str]]:
    marker = "seaborn-v0_8"
    for name in library:
        if name.startswith(marker):
            yield "seaborn" + name.removeprefix(marker), name
