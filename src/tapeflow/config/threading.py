"""`tf.config.threading`: how many threads ops use."""

from tapeflow.core.base.settings import settings


def get_inter_op_parallelism_threads():
    """Returns the number of threads for ops that run at the same time, 0 for a choice by the system."""
    return settings.inter_op_threads


def get_intra_op_parallelism_threads():
    """Returns the number of threads within one op, 0 for a choice by the system."""
    return settings.intra_op_threads


def set_inter_op_parallelism_threads(num_threads):
    """Sets the number of threads for ops that run at the same time. Kept only: the compiler decides.

    Args:
        num_threads: The number, 0 for a choice by the system.

    Raises:
        RuntimeError: If the compiler is in use already.
    """
    settings.change_before_start("Inter op parallelism", inter_op_threads=num_threads)


def set_intra_op_parallelism_threads(num_threads):
    """Sets the number of threads within one compiled op.

    Args:
        num_threads: The number, 0 for a choice by the system.

    Raises:
        RuntimeError: If the compiler is in use already.
    """
    settings.change_before_start("Intra op parallelism", intra_op_threads=num_threads)
