"""Odds and ends of TensorFlow's insides that other front ends use."""

import functools
from contextlib import contextmanager, nullcontext

from tapeflow.core.base import dtypes, nest, random_seed
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.settings import settings
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.graph.constants import sizes_of, value_of
from tapeflow.core.ops.compose.assertions import assert_equal
from tapeflow.core.ops.compose.creation import ones_like
from tapeflow.core.ops.compose.creation import range as array_range
from tapeflow.core.trace.autograph import calls
from tapeflow.core.trace.autograph.api import do_not_convert
from tapeflow.core.trace.tracing import is_part_of_program
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.variable import Variable


def tf_convert(f, ctx, convert_by_default=True, user_requested=False):
    """Returns a function that AutoGraph turns into graphs when it is called in one, if it is the user's.

    Args:
        f: The function.
        ctx: What `control_status_ctx` returned: whether conversion is on.
        convert_by_default, user_requested: Accepted.
    """
    if not ctx:
        return do_not_convert(f)

    @functools.wraps(f)
    def converted(*args, **kwargs):
        return calls.call(f, args, kwargs)

    return converted


def control_status_ctx():
    """Returns whether AutoGraph converts the functions that are called here: it does, as TensorFlow's.

    Even below `tf.function(autograph=False)`: Keras 2 saves models with functions of that kind.
    """
    return True


def broadcast_weights(weights, values):
    """Returns `weights` stretched to the shape of `values`.

    Args:
        weights: Number, or tensor whose sizes are those of `values` or 1.
        values: Tensor.

    Raises:
        ValueError: `weights` has another rank, or another size that is not 1.
    """
    weights, values = convert(weights), convert(values)
    _check_weights(weights.shape, values.shape)
    return weights * ones_like(values, dtype=weights.dtype)


def _check_weights(weights, values):
    """Raises for shapes that do not fit, as far as they are known: a weight is for one value, or for a whole axis."""
    if weights.rank in (None, 0) or values.rank is None:
        return
    pairs = zip(weights.as_list(), values.as_list(), strict=False)
    if weights.rank != values.rank or any(w not in (1, v, None) and v is not None for w, v in pairs):
        raise ValueError(
            f"weights can not be broadcast to values. values.rank={values.rank}. weights.rank={weights.rank}. "
            f"values.shape={values}. weights.shape={weights}."
        )


def assert_splits_match(nested_splits_lists):
    """Returns assertions that the splits of several ragged tensors are equal.

    Args:
        nested_splits_lists: The `nested_row_splits` of each.

    Raises:
        ValueError: They have different numbers of ragged dimensions.
    """
    first, *others = nested_splits_lists
    message = "Inputs must have identical ragged splits"
    if any(len(splits) != len(first) for splits in others):
        raise ValueError(message)
    return [assert_equal(a, b, message=message) for splits in others for a, b in zip(first, splits, strict=True)]


def is_resource_variable(var):
    """Returns whether a value is a variable."""
    return isinstance(var, Variable)


def get_config():
    """Returns None: there is no session to configure."""
    return None


def get_device_name():
    """Returns the name of the device that a scope asks for, empty outside of all."""
    from tapeflow.core.run.placement import placed  # lazy: devices are looked up

    return placed()


def set_soft_device_placement(enabled):
    """Says whether ops may run elsewhere than they were asked to."""
    settings.change(soft_placement=enabled)


class Never:
    """A class of TensorFlow's that nothing here is an instance of."""


class BoolGauge:
    """A named switch that TensorFlow's own statistics would read; kept, and read by nobody."""

    def __init__(self, name, description, *labels):
        self.name, self.description, self._cells = name, description, {}

    def get_cell(self, *labels):
        """Returns the switch for some labels."""
        return self._cells.setdefault(labels, _Cell())


class _Cell:
    def __init__(self):
        self._value = False

    def set(self, value):
        """Sets the switch."""
        self._value = bool(value)

    def value(self):
        """Returns the switch."""
        return self._value


def variable_sync_on_read_context():
    """Returns a context that changes nothing: variables are read as they are."""
    return nullcontext()


def TF_ListPluggablePhysicalDevices():
    """Returns the devices that plug-ins of TensorFlow bring: none."""
    return []


def get_enclosing_xla_context():
    """Returns None: there are no contexts of version 1."""
    return None


def cache_variable_reads():
    """Returns a context that changes nothing: reading a variable costs nothing that could be saved."""
    return nullcontext()


def auto_shard_dataset(dataset, num_shards, index, num_replicas=None):
    """Returns the part of a dataset that one of several workers gets."""
    return dataset.shard(num_shards, index)


# What a front end offers to others below it, by kind.
_offered: dict = {}


def _offer(kind):
    def register(function):
        _offered[kind] = function

    register.__doc__ = f"Takes note of a front end's function: its {kind}."
    return register


register_call_context_function = _offer("call context")
register_clear_session_function = _offer("clearing of sessions")
register_get_session_function = _offer("session")
register_load_model_function = _offer("loading of models")
register_session_provider = _offer("session provider")


def execute_fn_for_device(device_branch_fns, default_fn, name="execute_fn"):
    """Calls the function for the device at hand: XLA compiles all of them alike, so the default one."""
    return default_fn()


def is_tfrt_enabled():
    """Returns False."""
    return False


def load_context(load_options):
    """Returns a context that changes nothing: whoever loads passes the options on."""
    return nullcontext()


def executing_eagerly_outside_functions():
    """Returns True: what surrounds the functions is always eager."""
    return True


def is_mixed_precision_graph_rewrite_enabled():
    """Returns False: version 1's rewriting of graphs for mixed precision is not here."""
    return False


def set_using_mixed_precision_policy(is_using):
    """Accepted: there is no rewriting of graphs that it would have to keep from."""


def register_loss_scale_wrapper(optimizer_cls, wrapper_fn, wrapper_cls=None):
    """Accepted: version 1's rewriting of graphs for mixed precision is not here."""


class KerasModeKeys:
    """What a model is doing."""

    TRAIN, TEST, PREDICT = "train", "test", "predict"


ENABLE_CONTROL_FLOW_V2 = True


def GraphOrParentsInXlaContext(graph):
    """Returns whether a graph, or one around it, has to be compiled as a whole."""
    return is_part_of_program(graph)


def make_composite_tensor(cls, module_name="tf.linalg"):
    """Returns a class of linear operators as it is: they are composite tensors here."""
    return cls


def convert_variables_to_tensors(values):
    """Returns a structure with its variables read, those of composites included."""
    return nest.map_structure(_without_variables, values)


def _without_variables(x):
    if isinstance(x, Variable):
        return x.read_value()
    convert_own = getattr(x, "_convert_variables_to_tensors", None) if isinstance(x, CompositeTensor) else None
    return x if convert_own is None else convert_own()


def constant_value_as_shape(tensor):
    """Returns the `tf.TensorShape` that a vector of sizes means, as far as it is known while a graph is being built."""
    tensor = convert(tensor)
    if not isinstance(tensor, Symbol):
        return TensorShape([None if n == -1 else n for n in tensor.numpy().tolist()] if tensor.shape.rank else None)
    if tensor.shape.rank == 0:
        if value_of(tensor) != -1:
            raise ValueError("a scalar means a shape only if it is known to be -1: the unknown one")
        return TensorShape(None)
    return TensorShape(sizes_of(tensor))


def pfor(loop_fn, iters, fallback_to_while_loop=True, parallel_iterations=None):
    """Calls a function for every number below `iters`, all at once; returns the results stacked."""
    from tapeflow.core.trace.functional import vectorized_map  # lazy: few programs ask

    return vectorized_map(loop_fn, array_range(iters))


def colocate_with(op, ignore_existing=False):
    """Returns a context that changes nothing: XLA places what it compiles."""
    return nullcontext()


def control_flow_v2_enabled():
    """Returns True: branches and loops of graphs are functions."""
    return True


def enable_control_flow_v2():
    """Accepted: it is on."""


def parameterized_truncated_normal(
    shape, means=0.0, stddevs=1.0, minvals=-2.0, maxvals=2.0, dtype=None, seed=None, name=None
):  # fmt: skip
    """Draws normal numbers within bounds.

    Args:
        shape: Of the result.
        means, stddevs, minvals, maxvals: Numbers or vectors, one for each of the first dimension.
        dtype: float32 by default.
        seed: Of the op.
        name: Accepted.
    """
    from tapeflow.core.ops.compose.random_arguments import shape_tensor  # lazy: few programs ask
    from tapeflow.core.ops.defs.random_stateful import parameterized_truncated_normal as op

    values = [convert(x, hint=dtype or dtypes.float32) for x in (means, stddevs, minvals, maxvals)]
    return op(shape_tensor(shape), *values, *random_seed.get_seed(seed))
