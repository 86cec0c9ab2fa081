"""`fn.experimental_get_compiler_ir`: the program of a trace, as the compiler gets it and as it leaves it."""

from tapeflow.core.base.errors import OpError
from tapeflow.core.compile.lower import NotLowerable, as_array, lower_graph

STAGES = (
    "hlo", "hlo_no_metadata", "hlo_serialized", "optimized_hlo", "optimized_hlo_serialized",
    "optimized_hlo_proto_serialized", "optimized_hlo_dot", "stablehlo", "stablehlo_serialized",
)  # fmt: skip


def compiler_ir(concrete, stage):
    """The program of a concrete function.

    Args:
        concrete: The function; the sizes that it takes must be known.
        stage: One of `STAGES`.

    Returns:
        A text; bytes for stages that end in `serialized`.

    Raises:
        ValueError: There is no such stage, sizes are open, or an op does not run on XLA.
    """
    from tapeflow.core.engines import xla  # lazy: jax takes half a second to import

    if stage not in STAGES:
        raise ValueError(f"Invalid stage selected: '{stage}'. Valid values are: {', '.join(map(repr, STAGES))}")
    graph = concrete.graph
    takes = graph.everything_in
    if not all(s.shape.is_fully_defined() for s in takes):
        raise ValueError(f"Only support static input shape but got inputs = {takes}")
    specs = [(tuple(s.shape.as_list()), s.dtype.np) for s in takes]
    try:
        return xla.program_text(
            lambda *values: tuple(map(as_array, lower_graph(graph, values))), specs, stage, graph.name
        )
    except NotLowerable as error:
        at = f" ({error.node.line})" if error.node.line is not None else ""
        raise ValueError(f"Failed getting HLO text: {error.node.type}: {error.reason}{at}") from error
    except OpError as error:
        raise ValueError(f"Failed getting HLO text: {error}") from error
