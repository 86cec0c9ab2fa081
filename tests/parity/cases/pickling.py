"""Values that go to another process: pickled and copied tensors, variables, composites and errors."""

import copy
import pickle

from tests.parity.case import Family

case = Family(__name__)


def again(value):
    """The value, pickled and read back."""
    return pickle.loads(pickle.dumps(value))


def kept(variable):
    """What a variable is made with, after pickling."""
    twin = again(variable)
    return [twin.trainable, twin.shape, twin.dtype, twin.name, twin.aggregation.name, twin.synchronization.name]


case.table("""
    tensor: again(tf.constant([1.0, 2.0]))
    scalar: again(tf.constant(1, tf.uint8))
    empty: again(tf.zeros([0, 3]))
    string: again(tf.constant(["a", "\\xe9"]))
    scalar_string: again(tf.constant("a"))
    bfloat16: again(tf.constant([1.0, 2.0], tf.bfloat16))
    complex: again(tf.constant([1 + 2j]))
    functions: [again(f) is f for f in (tf.tanh, tf.nn.relu, tf.add, tf.matmul, tf.reduce_sum, tf.math.floordiv)]
    copied_functions: [copy.deepcopy(f) is f for f in (tf.tanh, tf.nn.relu, tf.add, tf.matmul, tf.math.floordiv)]
    list: again([tf.constant(1), {"a": tf.constant([True])}])
    variant: again(tf.data.Dataset.range(3)._variant_tensor)  # raises: variant
    variable: again(tf.Variable([1.0, 2.0]))
    variable/kept: kept(tf.Variable(1.0, trainable=False, name="v", aggregation=tf.VariableAggregation.MEAN))
    variable/unknown: kept(tf.Variable([1.0], shape=[None]))
    variable/apart: [v := tf.Variable(1.0), w := again(v), v.assign(2.0) * 1, w * 1][2:]
    ragged: again(tf.ragged.constant([[1], [2, 3]]))
    ragged/deep: again(tf.ragged.constant([[[1], []], [[2, 3]]]))
    sparse: again(tf.sparse.from_dense([[0, 1], [2, 0]]))
    slices: again(tf.IndexedSlices(tf.constant([1.0]), tf.constant([0])))
    copy/tensor: copy.copy(tf.constant([1.0]))
    copy/deep: copy.deepcopy({"a": tf.constant([1.0]), "b": tf.Variable(2.0)})
    copy/sparse: copy.deepcopy(tf.sparse.from_dense([[0, 1]]))
""")
