"""The compilation cache on disk: programs that took long to compile, kept for later processes.

Commands switch it on; a library's user does with the variable TAPEFLOW_COMPILATION_CACHE, a folder's name, and either
switches it off with "off". The folder has one part for each kind of machine and version of the compiler, since programs
do not travel. Several processes may use it at once; an entry that cannot be read is thrown away, for the next process
to write it anew.
"""

import hashlib
import os
import pathlib
import platform
import sys
import threading
import warnings

VARIABLE = "TAPEFLOW_COMPILATION_CACHE"
# Programs that took less time to compile are not kept; what the folder may grow to.
_SECONDS, _LIMIT = 0.2, 1 << 30
_lock = threading.Lock()
_state = {"default": None, "folder": None}


def use_by_default():
    """Switches the cache on, in the user's cache folder, unless the variable says otherwise: for commands."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    _state["default"] = os.path.join(base, "tapeflow", "programs")


def start(jax):
    """Tells JAX about the folder, once it is loaded and before it compiles anything."""
    chosen = os.environ.get(VARIABLE) or _state["default"]
    if not chosen or chosen.lower() in ("off", "0"):
        return
    folder = pathlib.Path(chosen, _machine(jax))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _trim(folder)
    except OSError as error:
        if VARIABLE in os.environ:
            warnings.warn(f"{VARIABLE}: {error}: programs are not kept", stacklevel=2)
        return
    _state["folder"] = folder
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", _SECONDS)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


def _machine(jax):
    """A name for this kind of machine, Python and compiler."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            features = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    except OSError:
        features = platform.processor()
    words = (jax.__version__, sys.version, platform.machine(), features)
    return f"{platform.machine()}-{hashlib.sha256(repr(words).encode()).hexdigest()[:16]}"


def _trim(folder):
    """Removes the programs that were used longest ago, until the rest fits."""
    entries = [(entry.stat(), entry.path) for entry in os.scandir(folder) if entry.is_file()]
    total = sum(stat.st_size for stat, _ in entries)
    for stat, path in sorted(entries, key=lambda one: max(one[0].st_atime, one[0].st_mtime)):
        if total <= _LIMIT:
            return
        pathlib.Path(path).unlink(missing_ok=True)
        total -= stat.st_size


def compiled(compile_now, name):
    """Calls a function that compiles a program; entries of the cache that it could not read are removed.

    Args:
        compile_now: The function.
        name: The program's name, which the names of its entries begin with.
    """
    folder = _state["folder"]
    if folder is None:
        return compile_now()
    with _lock, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        program = compile_now()
        broken = [one for one in caught if "persistent compilation cache" in str(one.message)]
        if broken:
            for entry in folder.glob(f"jit_{name}-*"):
                entry.unlink(missing_ok=True)
    for one in caught:
        if "persistent compilation cache" not in str(one.message):
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    return program
