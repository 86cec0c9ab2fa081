"""`tapeflow run FILE.py`: what `python FILE.py` does, with TapeFlow under TensorFlow's name."""

import builtins
import sys
import traceback
from pathlib import Path
from types import ModuleType, TracebackType

from tapeflow.install import install_as_tensorflow


def run_script(path: Path, arguments: list[str]) -> int:
    """Runs a Python file as `__main__`; returns the exit code.

    Args:
        path: The file.
        arguments: What the program finds in `sys.argv` after its own name.
    """
    install_as_tensorflow()
    sys.argv = [str(path), *arguments]
    sys.path[0] = str(path.resolve().parent)
    # The module stays in place: threads, pickles and atexit handlers of the program look names up later.
    module = ModuleType("__main__")
    module.__file__ = str(path)
    module.__builtins__ = builtins  # type: ignore[attr-defined]
    sys.modules["__main__"] = module
    try:
        code = compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
        exec(code, module.__dict__)
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:
        sys.stdout.flush()
        traceback.print_exception(error.with_traceback(_after_this_file(error.__traceback__)))
        return 1
    return 0


def _after_this_file(tb: TracebackType | None) -> TracebackType | None:
    """The traceback without the frames of the runner."""
    while tb is not None and tb.tb_frame.f_code.co_filename == __file__:
        tb = tb.tb_next
    return tb
