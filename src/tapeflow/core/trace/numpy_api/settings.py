"""What `experimental_enable_numpy_behavior` sets: the float type of Python numbers, and how dtypes are mixed."""

from tapeflow.core.base import dtypes

MODES = ("legacy", "safe", "all")


class Settings:
    """How dtypes are chosen.

    Attributes:
        prefer_float32: Whether Python floats count as float32.
        mode: `"off"`, `"legacy"` (NumPy's rules), `"safe"` or `"all"` (rules of their own, with weak types).
    """

    prefer_float32 = False
    mode = "off"


settings = Settings()


def default_float():
    """The dtype of a Python float."""
    return dtypes.float32 if settings.prefer_float32 else dtypes.float64


def is_automatic():
    """Whether dtypes are mixed by the rules with weak types."""
    return settings.mode in ("safe", "all")
