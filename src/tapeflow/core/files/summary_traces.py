"""Graphs and traces of functions as summaries: `tf.summary.graph`, `trace_on` and `trace_export`."""

import logging

from tapeflow.core.base import dtypes
from tapeflow.core.base.messages import message
from tapeflow.core.base.mode import current
from tapeflow.core.compile import calls
from tapeflow.core.files.summary import checked_step, should_record_summaries, summary_scope, write
from tapeflow.core.files.summary_writers import state
from tapeflow.core.trace.function import inside_function
from tapeflow.core.values.convert import convert


def graph(graph_data):
    """Writes a graph for TensorBoard's view of graphs.

    Args:
        graph_data: A `tf.Graph`, or a `tf.compat.v1.GraphDef` message.

    Returns:
        Whether it was written, a bool tensor.

    Raises:
        ValueError: It is neither, or this is called in a function.
    """
    if current.graph is not None:
        raise ValueError("graph() cannot be invoked inside a graph context.")
    if state.writer is None or not should_record_summaries():
        return convert(False)
    if hasattr(graph_data, "as_graph_def"):
        graph_data = graph_data.as_graph_def(add_shapes=True)
    if not hasattr(graph_data, "SerializeToString"):
        raise ValueError(
            f"Argument 'graph_data' is not tf.Graph or tf.compat.v1.GraphDef. Received graph_data={graph_data} of type "
            f"{type(graph_data).__name__}."
        )
    state.writer._file.add(0, graph_def=graph_data.SerializeToString())
    return convert(True)



class _Trace:
    """The functions that run while it is on.

    Args:
        graphs: Whether to note them.
        stop_profiler: What ends the profile, or None.
    """

    def __init__(self, graphs, stop_profiler):
        self.graphs, self.stop_profiler, self._call = {}, stop_profiler, None
        if graphs:
            # Swapped in, so that calls cost nothing while no trace is on.
            self._call, calls.call = calls.call, self._noted

    def _noted(self, graph, args):
        self.graphs.setdefault(id(graph), graph)
        return self._call(graph, args)

    def end(self):
        """Stops noting."""
        if self._call is not None:
            calls.call, self._call = self._call, None


_trace = None



def trace_on(graph=True, profiler=False, profiler_outdir=None):
    """Begins to note the graphs of functions that run, and to profile.

    Args:
        graph: Whether to note graphs.
        profiler: Whether to profile.
        profiler_outdir: Where the profile is written.
    """
    global _trace
    log = logging.getLogger("tensorflow")
    if inside_function():
        log.warning("Cannot enable trace inside a tf.function.")
        return
    if _trace is not None:
        log.warning("Trace already enabled")
        return
    stop = None
    if profiler:
        if profiler_outdir is None:
            log.warning("No `profiler_outdir` passed to trace_on(). Profiler won't be enabled.")
        else:
            from tapeflow.core.run import profiling

            profiling.start(profiler_outdir)
            stop = profiling.stop
    _trace = _Trace(graph, stop)



def trace_export(name, step=None, profiler_outdir=None):
    """Writes what was noted since `trace_on` as a summary, and ends it.

    Args:
        name: The summary's name.
        step: The step, by default the one that is set.
        profiler_outdir: Ignored; an argument of `trace_on`.

    Raises:
        ValueError: No trace is on, or there is no step.
    """
    if step is not None:
        checked_step(step)
    if inside_function():
        logging.getLogger("tensorflow").warning("Cannot export trace inside a tf.function.")
        return
    if _trace is None:
        raise ValueError("Must enable trace before export through tf.summary.trace_on.")
    run = message("RunMetadata")()
    for graph in _trace.graphs.values():
        part = run.function_graphs.add()
        definition = graph.as_graph_def()
        part.pre_optimization_graph.CopyFrom(definition)
        part.post_optimization_graph.CopyFrom(definition)
        part.partition_graphs.add().CopyFrom(definition)
    metadata = message("SummaryMetadata")()
    metadata.plugin_data.plugin_name = "graph_run_metadata_graph"
    metadata.plugin_data.content = b"1"
    with summary_scope(name, "graph_run_metadata_graph_summary") as (tag, _):
        write(tag, convert(run.SerializeToString(), dtype=dtypes.string), step, metadata)
    trace_off()



def trace_off():
    """Ends what `trace_on` began, without writing it."""
    global _trace
    if _trace is not None:
        ended, _trace = _trace, None
        ended.end()
        if ended.stop_profiler is not None:
            ended.stop_profiler()
