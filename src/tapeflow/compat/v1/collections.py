"""`tf.compat.v1`: collections of graphs, and the ops that initialized variables, which here are born with values."""

from tapeflow.core.base.mode import current
from tapeflow.core.ops.compose.array import no_op
from tapeflow.core.ops.compose.random_stateful import set_seed


class GraphKeys:
    """The names of the collections that TensorFlow 1 filled."""

    GLOBAL_VARIABLES, LOCAL_VARIABLES, TRAINABLE_VARIABLES = "variables", "local_variables", "trainable_variables"
    MODEL_VARIABLES, METRIC_VARIABLES, MOVING_AVERAGE_VARIABLES = (
        "model_variables", "metric_variables", "moving_average_variables",
    )  # fmt: skip
    SUMMARIES, SUMMARY_OP, UPDATE_OPS, LOSSES = "summaries", "summary_op", "update_ops", "losses"
    REGULARIZATION_LOSSES, WEIGHTS, BIASES, ACTIVATIONS = "regularization_losses", "weights", "biases", "activations"
    TABLE_INITIALIZERS, INIT_OP, LOCAL_INIT_OP, READY_OP = "table_initializer", "init_op", "local_init_op", "ready_op"
    GLOBAL_STEP, TRAIN_OP, SAVERS, QUEUE_RUNNERS = "global_step", "train_op", "savers", "queue_runners"
    ASSET_FILEPATHS, COND_CONTEXT, WHILE_CONTEXT = "asset_filepaths", "cond_context", "while_context"
    EVAL_STEP = "eval_step"


def get_collection(key, scope=None):
    """Returns what the graph that is captured has under a name; eagerly nothing is collected."""
    return [] if current.graph is None else current.graph.get_collection(key, scope)


def add_to_collection(name, value):
    """Adds a value to the graph that is captured; eagerly nothing is collected."""
    if current.graph is not None:
        current.graph.add_to_collection(name, value)


def global_variables(scope=None):
    """Returns the variables that the graph which is captured was told of."""
    return get_collection(GraphKeys.GLOBAL_VARIABLES, scope)


def local_variables(scope=None):
    """Returns the local variables that the graph which is captured was told of."""
    return get_collection(GraphKeys.LOCAL_VARIABLES, scope)


def trainable_variables(scope=None):
    """Returns the trainable variables that the graph which is captured was told of."""
    return get_collection(GraphKeys.TRAINABLE_VARIABLES, scope)


def global_variables_initializer():
    """Returns an op that does nothing: variables have their values."""
    return no_op()


def local_variables_initializer():
    """Returns an op that does nothing: variables have their values."""
    return no_op()


def variables_initializer(var_list, name="init"):
    """Returns an op that does nothing: variables have their values."""
    return no_op()


def tables_initializer(name="init_all_tables"):
    """Returns an op that does nothing: tables have their values."""
    return no_op()


def set_random_seed(seed):
    """As `tf.random.set_seed`."""
    set_seed(seed)
