"""Puts the house together on first use: operators on the tensors, the eager context and the tapes behind the ops."""

import importlib

from tapeflow.core.base import failures
from tapeflow.core.engines import hardware
from tapeflow.core.values.late import ops, pipeline_files, pipelines, staged

ops.where = "tapeflow.core.ops.compose.composites"
failures.where[:] = ["tapeflow.core.compile.out_of_memory"]
staged.where = "tapeflow.core.trace.staged_maps"
pipelines.where, pipeline_files.where = "tapeflow.core.data.raw", "tapeflow.core.files.dataset_files"


def ready():
    """Makes tensors, ops and tapes work together; does nothing the second time."""
    for module in (
        "values.type_specs", "ops.operators", "ops.compose.constant", "ops.compose.indexed",
        "ops.compose.variable_scatter", "run.eager",
        "run.tape",
    ):  # fmt: skip
        importlib.import_module(f"tapeflow.core.{module}")
    if hardware.has_accelerators():
        importlib.import_module("tapeflow.core.run.placement").follow_accelerators()
