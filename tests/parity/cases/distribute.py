"""`tf.distribute` with two replicas on two virtual processors: values, reductions, gathers, aggregation, errors."""

import re

from tests.parity.case import Family

case = Family(__name__)
_strategies = {}


def two(tf):
    """A strategy of two replicas; the processors are cut in two if nothing has run yet."""
    if tf not in _strategies:
        (processor,) = tf.config.list_physical_devices("CPU")
        if tf.__name__ == "tensorflow":
            tf.config.set_logical_device_configuration(processor, [tf.config.LogicalDeviceConfiguration()] * 2)
        _strategies[tf] = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    return _strategies[tf]


def per_replica(tf, *values):
    """A value with a component on each replica."""
    made = [tf.constant(value) for value in values]
    return two(tf).experimental_distribute_values_from_function(lambda context: made[context.replica_id_in_sync_group])


def number(tf):
    """1.0 in the first replica, 2.0 in the second."""
    return tf.cast(tf.distribute.get_replica_context().replica_id_in_sync_group + 1, tf.float32)


def ran(tf, function, *args, is_graph=False):
    """What each replica's call returns."""
    strategy = two(tf)

    def step(*args):
        return strategy.experimental_local_results(strategy.run(lambda *args: function(tf, *args), args=args))

    return list((tf.function(step) if is_graph else step)(*args))


def variable(tf, aggregation, synchronization="AUTO", value=10.0):
    with two(tf).scope():
        return tf.Variable(
            value, aggregation=getattr(tf.VariableAggregation, aggregation),
            synchronization=getattr(tf.VariableSynchronization, synchronization), name="v",
        )  # fmt: skip


def changed(tf, aggregation, method, is_graph=True):
    """A variable's components after each replica has changed it by its number."""
    v = variable(tf, aggregation)
    strategy = two(tf)

    def in_replica():
        getattr(v, method)(number(tf))

    def step():
        strategy.run(in_replica)

    (tf.function(step) if is_graph else step)()
    return [one.numpy() for one in strategy.experimental_local_results(v)]


def on_read(tf, aggregation):
    """What a variable synchronized on reading gives: in the replicas, and outside."""
    v = variable(tf, aggregation, "ON_READ", 1.0)
    strategy = two(tf)

    def in_replica():
        v.assign_add(number(tf))

    strategy.run(in_replica)
    return [v.read_value().numpy(), [one.numpy() for one in strategy.experimental_local_results(v)]]


def all_reduced(tf, op, is_graph=True):
    return ran(tf, lambda tf: tf.distribute.get_replica_context().all_reduce(op, [number(tf), number(tf) * 10]),
               is_graph=is_graph)  # fmt: skip


def all_gathered(tf, axis):
    return ran(tf, lambda tf: tf.distribute.get_replica_context().all_gather(tf.ones([2, 1]) * number(tf), axis),
               is_graph=True)  # fmt: skip


def merged(tf):
    def merge(strategy, value):
        return strategy.reduce("SUM", value, axis=None)

    return ran(tf, lambda tf: tf.distribute.get_replica_context().merge_call(merge, args=(number(tf),)))


def updated(tf, group):
    v = variable(tf, "MEAN")
    values = per_replica(tf, 2.0, 2.0)
    two(tf).extended.update(v, lambda v, x: v.assign_add(x), args=(values,), group=group)
    return [one.numpy() for one in two(tf).experimental_local_results(v)]


def batches(tf, rows, batch, **options):
    data = tf.data.Dataset.range(rows).batch(batch)
    distributed = two(tf).experimental_distribute_dataset(data, **options)
    return [[part.numpy() for part in two(tf).experimental_local_results(one)] for one in distributed]


def from_function(tf):
    def make(context):
        size = context.get_per_replica_batch_size(4)
        return tf.data.Dataset.range(8).batch(size)

    made = two(tf).distribute_datasets_from_function(make)
    return [[part.numpy() for part in two(tf).experimental_local_results(one)] for one in made]


def shown(value):
    """A text without addresses and names of devices."""
    return re.sub(r"0x[0-9a-f]+|id=\d+", "", repr(value))


def mixed(tf):
    with two(tf).scope(), tf.distribute.OneDeviceStrategy("CPU:0").scope():
        pass


def context_facts(tf):
    context = tf.distribute.get_replica_context
    outside = [tf.distribute.has_strategy(), tf.distribute.in_cross_replica_context(), context() is not None]
    with two(tf).scope():
        inside = [tf.distribute.has_strategy(), tf.distribute.in_cross_replica_context(), context() is None]
    found = []

    def step():
        found.append([tf.distribute.in_cross_replica_context(), context().num_replicas_in_sync, len(context().devices)])

    two(tf).run(step)
    return [outside, inside, found]


OPS = ("SUM", "MEAN")
AGGREGATIONS = ("NONE", "SUM", "MEAN", "ONLY_FIRST_REPLICA")
for _op in OPS:
    for _axis in (None, 0, 1, -1, (0, 1)):
        case(
            f"reduce/{_op}/{_axis}",
            lambda tf, op, axis: two(tf).reduce(op, per_replica(tf, [[1.0, 2.0]], [[3.0, 5.0]]), axis=axis), _op, _axis,
        )  # fmt: skip
    for _graph in (True, False):
        case(f"all_reduce/{_op}/{_graph}", all_reduced, _op, _graph)
    case(f"reduce_int/{_op}", lambda tf, op: two(tf).reduce(op, per_replica(tf, 1, 4), axis=None), _op)
    case(
        f"reduce_uneven/{_op}",
        lambda tf, op: two(tf).reduce(op, per_replica(tf, [1.0, 2.0, 3.0], [4.0]), axis=0), _op,
    )  # fmt: skip
for _aggregation in AGGREGATIONS:
    for _method in ("assign", "assign_add", "assign_sub"):
        case.either(f"variable/{_aggregation}/{_method}", changed, _aggregation, _method)
    case.either(f"on_read/{_aggregation}", on_read, _aggregation)
for _axis in (0, 1):
    case(f"all_gather/{_axis}", all_gathered, _axis)
for _axis in (0, 1, -1):
    case(
        f"gather/{_axis}",
        lambda tf, axis: two(tf).gather(per_replica(tf, [[1, 2]], [[3, 4]]), axis=axis), _axis,
    )  # fmt: skip
for _rows, _batch in [(8, 4), (6, 4), (7, 2), (1, 2), (5, 3)]:
    case(f"dataset/{_rows}/{_batch}", batches, _rows, _batch)

case.table("""
    run: ran(tf, lambda tf: number(tf) * 2)
    run_graph: ran(tf, lambda tf: number(tf) * 2, is_graph=True)
    run_of_values: ran(tf, lambda tf, x: x + number(tf), per_replica(tf, 10.0, 20.0))
    run_structure: ran(tf, lambda tf: {"a": number(tf), "b": (tf.constant(1), "text", None)})
    run_none: ran(tf, lambda tf: None)
    run_args: two(tf).run(lambda: 1, args=3)  # raises: positional args must be a list or tuple
    merge_sum: merged(tf)
    update/group: updated(tf, True)
    update/single: updated(tf, False)
    contexts: context_facts(tf)
    replicas: two(tf).num_replicas_in_sync
    from_function: from_function(tf)
    local_results: [x.numpy() for x in two(tf).experimental_local_results(per_replica(tf, 1, 2))]
    local_results/plain: two(tf).experimental_local_results(3)
    local_results/nested: two(tf).experimental_local_results((1, 2))
    repr/values: shown(per_replica(tf, 1.0, 2.0))
    str/values: str(per_replica(tf, 1.0, 2.0))
    repr/text: shown(two(tf).run(lambda: tf.constant("x")))
    repr/reduce_op: [repr(tf.distribute.ReduceOp.SUM), tf.distribute.ReduceOp.MEAN.value, len(tf.distribute.ReduceOp)]
    repr/spec: str(tf.type_spec_from_value(per_replica(tf, [1.0], [2.0])))
    values/type: type(per_replica(tf, 1.0, 2.0)).__name__
    values/is: isinstance(per_replica(tf, 1.0, 2.0), tf.distribute.DistributedValues)
    variable/type: type(variable(tf, "NONE")).__name__
    variable/on_read_type: type(variable(tf, "SUM", "ON_READ")).__name__
    variable/facts: [variable(tf, "MEAN").aggregation.name, variable(tf, "MEAN").synchronization.name]
    variable/name: variable(tf, "MEAN").name
    variable/outside: variable(tf, "SUM").assign(3.0).numpy()
    variable/on_write: variable(tf, "NONE", "ON_WRITE").numpy()
    variable/none_sync: variable(tf, "NONE", "NONE").numpy()  # raises
    reduce/op: two(tf).reduce("MAX", per_replica(tf, 1.0, 2.0), axis=None)  # raises
    reduce/axis_range: two(tf).reduce("MEAN", per_replica(tf, [1.0], [2.0]), axis=3)  # raises
    reduce/axis_kind: two(tf).reduce("MEAN", per_replica(tf, [1.0], [2.0]), axis="x")  # raises
    reduce/inside: two(tf).run(lambda: two(tf).reduce("SUM", 1.0, axis=None))  # raises: cross-replica context
    gather/scalar: two(tf).gather(per_replica(tf, 1.0, 2.0), axis=0)  # raises
    gather/inside: two(tf).run(lambda: two(tf).gather(tf.ones([1]), axis=0))  # raises: all_gather
    scope/mixed: mixed(tf)  # raises
    scope/nested_run: two(tf).run(lambda: two(tf).run(lambda: 1))  # raises
    merge/outside: tf.distribute.get_replica_context().merge_call(lambda s: s.num_replicas_in_sync)
    default/reduce: tf.distribute.get_strategy().reduce("SUM", tf.constant([1.0, 2.0]), axis=0)
    default/run: tf.distribute.get_strategy().run(lambda x: x + 1, args=(1,))
    one/run: tf.distribute.OneDeviceStrategy("CPU:0").run(lambda: tf.constant(2.0))
    one/reduce: tf.distribute.OneDeviceStrategy("CPU:0").reduce("MEAN", tf.constant([1.0, 3.0]), axis=0)
    one/gather: tf.distribute.OneDeviceStrategy("CPU:0").gather(tf.constant([1.0, 3.0]), axis=0)
    options/bytes: tf.distribute.experimental.CommunicationOptions(bytes_per_pack=-1)  # raises
    input_context: str(tf.distribute.InputContext(num_input_pipelines=2, input_pipeline_id=1, num_replicas_in_sync=4))
    input_context/size: tf.distribute.InputContext(num_replicas_in_sync=4).get_per_replica_batch_size(6)  # raises
""")
