"""`tf.compat.v1.train`: optimizers with slots, savers, the program's step; and what `tf.train` has."""

import importlib

from tapeflow.core.files.checkpoint_reader import CheckpointReader as NewCheckpointReader
from tapeflow.core.files.checkpoint_reader import init_from_checkpoint
from tapeflow.core.files.checkpoint_state import (
    checkpoint_exists,
    generate_checkpoint_state,
    update_checkpoint_state,
)
from tapeflow.core.files.checkpoint_v1 import CheckpointV1 as Checkpoint
from tapeflow.core.files.saver import Saver, summary_iterator
from tapeflow.core.track.global_step import (
    assert_global_step,
    cosine_decay,
    create_global_step,
    exponential_decay,
    get_global_step,
    get_or_create_global_step,
    global_step,
    piecewise_constant,
    polynomial_decay,
)
from tapeflow.core.track.legacy_optimizer import (
    AdagradOptimizer,
    AdamOptimizer,
    GradientDescentOptimizer,
    MomentumOptimizer,
    Optimizer,
    RMSPropOptimizer,
)


def __getattr__(name):
    return getattr(importlib.import_module("tapeflow.train"), name)
