"""`tf.sysconfig`: how this build was made. TapeFlow is Python: no headers, no library to link with."""

import importlib.util
from collections import OrderedDict

from tapeflow.core.base.errors import UnimplementedError

CXX11_ABI_FLAG = 1
CXX_VERSION = 201703
MONOLITHIC_BUILD = 0


def get_build_info():
    """Returns what the installed compiler was built for.

    Returns:
        A dictionary: `is_cuda_build`, `is_rocm_build`, `is_tensorrt_build`.

    >>> get_build_info()["is_tensorrt_build"]
    False
    """
    return OrderedDict(
        is_cuda_build=_has_plugin("xla_cuda"), is_rocm_build=_has_plugin("xla_rocm"), is_tensorrt_build=False
    )


def _has_plugin(start):
    """Whether JAX's plugin for an accelerator is installed, of any release: `xla_cuda13` for `xla_cuda`."""
    if importlib.util.find_spec("jax_plugins") is None:
        return False
    return any(importlib.util.find_spec(f"jax_plugins.{start}{release}") for release in ("", "7", "12", "13"))


def _no_headers(what):
    return UnimplementedError(
        f"tf.sysconfig.{what}: TapeFlow is written in Python, ops in C++ cannot be built against it",
        hint="write the op with tf.numpy_function, or with jax.ffi",
    )


def get_include():
    """Raises UnimplementedError: there are no headers."""
    raise _no_headers("get_include")


def get_lib():
    """Raises UnimplementedError: there is no library."""
    raise _no_headers("get_lib")


def get_compile_flags():
    """Raises UnimplementedError: there is nothing to compile against."""
    raise _no_headers("get_compile_flags")


def get_link_flags():
    """Raises UnimplementedError: there is nothing to link with."""
    raise _no_headers("get_link_flags")
