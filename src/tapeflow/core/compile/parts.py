"""Running the graph of a node: the body of a loop, a branch."""

from tapeflow.core.base.mode import mode
from tapeflow.core.compile.plan import plan_of
from tapeflow.core.run.batching import is_batched


def run_part(graph, values):
    """The outputs of a node's graph. What stands for a whole batch goes through it op by op."""
    plan = plan_of(graph)
    if mode.slow and is_batched(values):
        return plan.interpret(values)
    return plan.run(values)
