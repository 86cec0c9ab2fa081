"""Control flow as it answers eagerly: cond, case, while_loop, map_fn, scan, folds, vectorized_map, TensorArray."""

import numpy as np

from tests.parity.case import Family

case = Family(__name__)

case.table("""
    cond/true: tf.cond(tf.constant(True), lambda: 1, lambda: 2)
    cond/false: tf.cond(tf.constant(1) > 2, lambda: tf.constant(1), lambda: tf.constant(2))
    cond/python_bool: tf.cond(True, lambda: tf.constant(1.0), lambda: tf.constant(2.0))
    cond/structures: tf.cond(tf.constant(True), lambda: {"a": 1, "b": [2]}, lambda: {"a": 3, "b": [4]})
    cond/none: tf.cond(tf.constant(True), lambda: None, lambda: None)
    cond/only_one_runs: _branches(tf)
    cond/number_as_predicate: tf.cond(tf.constant(2), lambda: 1, lambda: 2)
    cond/vector: tf.cond(tf.constant([True, False]), lambda: 1, lambda: 2)  # raises
    cond/branch_not_callable: tf.cond(tf.constant(True), 1, 2)  # raises: callable
    cond/false_branch_missing: tf.cond(tf.constant(True), lambda: 1)  # raises
    case/first: tf.case([(tf.constant(True), lambda: 1), (tf.constant(True), lambda: 2)])
    case/second: tf.case([(tf.constant(False), lambda: 1), (tf.constant(True), lambda: 2)])
    case/default: tf.case([(tf.constant(False), lambda: 1)], default=lambda: 9)
    case/exclusive: tf.case([(tf.constant(True), lambda: 1), (tf.constant(False), lambda: 2)], exclusive=True)
    case/none_holds: tf.case([(tf.constant(False), lambda: 1)])  # raises
    case/both_of_exclusive: tf.case([(_yes(tf), lambda: 1), (_yes(tf), lambda: 2)], exclusive=True)
    case/not_pairs: tf.case([tf.constant(True)])  # raises
    switch_case/first: tf.switch_case(tf.constant(0), [lambda: 10, lambda: 20])
    switch_case/second: tf.switch_case(tf.constant(1), [lambda: 10, lambda: 20])
    switch_case/out_of_range_is_the_last: tf.switch_case(tf.constant(7), [lambda: 10, lambda: 20])
    switch_case/negative_is_the_last: tf.switch_case(tf.constant(-1), [lambda: 10, lambda: 20])
    switch_case/default: tf.switch_case(tf.constant(7), {0: lambda: 10}, default=lambda: 99)
    switch_case/dict: tf.switch_case(tf.constant(1), {1: lambda: 10, 0: lambda: 20})
    switch_case/pairs: tf.switch_case(tf.constant(1), [(0, lambda: 10), (1, lambda: 20)])
    switch_case/not_callable: tf.switch_case(tf.constant(0), [1])  # raises
    switch_case/float: tf.switch_case(tf.constant(0.0), [lambda: 1])  # raises
    switch_case/python_index: tf.switch_case(1, [lambda: 10, lambda: 20])  # raises
    while_loop/count: tf.while_loop(lambda i: i < 5, lambda i: [i + 1], [tf.constant(0)])
    while_loop/two: tf.while_loop(lambda i, s: i < 5, lambda i, s: (i + 1, s + i), [0, 0])
    while_loop/structure: tf.while_loop(lambda d: d["i"] < 3, lambda d: [{"i": d["i"] + 1}], [{"i": tf.constant(0)}])
    while_loop/never: tf.while_loop(lambda i: False, lambda i: i + 1, [tf.constant(0)])
    while_loop/maximum: tf.while_loop(lambda i: True, lambda i: [i + 1], [tf.constant(0)], maximum_iterations=3)
    while_loop/tuple: tf.while_loop(lambda i: i < 2, lambda i: (i + 1,), (tf.constant(0),))
    while_loop/growing: tf.while_loop(lambda v: len(v) < 4, lambda v: [tf.concat([v, v], 0)], [tf.constant([1])])
    while_loop/body_not_callable: tf.while_loop(lambda i: i < 5, 3, [0])  # raises
    while_loop/cond_not_callable: tf.while_loop(True, lambda i: i, [0])  # raises
    while_loop/no_variables: tf.while_loop(lambda: False, lambda: None, [])  # raises
    while_loop/other_structure: tf.while_loop(lambda i: i < 5, lambda i: (i + 1, i), [0])  # raises
    map_fn/square: tf.map_fn(lambda x: x * x, tf.constant([1, 2, 3]))
    map_fn/rows: tf.map_fn(tf.reduce_sum, tf.constant([[1, 2], [3, 4]]))
    map_fn/two: tf.map_fn(lambda t: t[0] * t[1], (tf.constant([1, 2]), tf.constant([3, 4])), dtype=tf.int32)
    map_fn/signature: tf.map_fn(lambda x: (x, x * 2), tf.constant([1, 2]), fn_output_signature=(tf.int32, tf.int32))
    map_fn/dict: tf.map_fn(lambda d: d["a"] + d["b"], _pair(tf), fn_output_signature=tf.int32)
    map_fn/other_dtype: tf.map_fn(lambda x: tf.cast(x, tf.float32), tf.constant([1]), fn_output_signature=tf.float32)
    map_fn/list: tf.map_fn(lambda x: x + 1, [1, 2, 3])  # raises
    map_fn/wrong_signature: tf.map_fn(lambda x: tf.cast(x, tf.float32), tf.constant([1]))  # raises
    map_fn/empty: tf.map_fn(lambda x: x * x, tf.zeros([0]))
    map_fn/scalar: tf.map_fn(lambda x: x, tf.constant(1))  # raises
    map_fn/lengths: tf.map_fn(lambda t: t[0], (tf.constant([1, 2]), tf.constant([3])), dtype=tf.int32)  # raises
    vectorized_map/square: tf.vectorized_map(lambda x: x * x, tf.constant([1.0, 2.0]))
    vectorized_map/outer: tf.vectorized_map(lambda x: x[:, None] * x[None], tf.constant([[1.0, 2.0], [3.0, 4.0]]))
    vectorized_map/two: tf.vectorized_map(lambda t: t[0] + t[1], (tf.ones([2, 3]), tf.ones([2, 3])))
    vectorized_map/broadcast: tf.vectorized_map(lambda t: t[0] + t[1], (tf.ones([2, 3]), tf.ones([1, 3])))
    vectorized_map/structure: tf.vectorized_map(lambda x: {"a": x, "b": x * 2.0}, tf.constant([1.0, 2.0]))
    vectorized_map/matmul: tf.vectorized_map(lambda a: a @ tf.ones([2, 1]), tf.ones([3, 2, 2]))
    vectorized_map/constant_result: tf.vectorized_map(lambda x: tf.constant(5), tf.constant([1.0, 2.0]))
    scan/sum: tf.scan(lambda a, x: a + x, tf.constant([1, 2, 3]))
    scan/initializer: tf.scan(lambda a, x: a + x, tf.constant([1, 2, 3]), initializer=10)
    scan/reverse: tf.scan(lambda a, x: a + x, tf.constant([1, 2, 3]), reverse=True)
    scan/structure: tf.scan(lambda a, x: (a[1], a[0] + a[1]), tf.range(5), initializer=(0, 1))
    scan/rows: tf.scan(lambda a, x: a * x, tf.constant([[1, 2], [3, 4]]))
    scan/structure_changes: tf.scan(lambda a, x: (a, a), tf.range(3), initializer=0)  # raises
    foldl/sum: tf.foldl(lambda a, x: a + x, tf.constant([1, 2, 3]))
    foldl/order: tf.foldl(lambda a, x: a - x, tf.constant([1, 2, 3]))
    foldl/initializer: tf.foldl(lambda a, x: a + x, tf.constant([1, 2]), initializer=tf.constant(10))
    foldl/structure: tf.foldl(lambda a, x: a + x[0] * x[1], (tf.range(3), tf.range(3)), initializer=0)
    foldr/order: tf.foldr(lambda a, x: a - x, tf.constant([1, 2, 3]))
    foldr/initializer: tf.foldr(lambda a, x: a - x, tf.constant([1, 2]), initializer=tf.constant(10))
    foldl/empty: tf.foldl(lambda a, x: a + x, tf.zeros([0]))  # raises
    group/nothing_eagerly: tf.group(tf.constant(1), tf.constant(2))
    tuple/values: tf.tuple([tf.constant(1), tf.constant(2)])
    no_op/nothing: tf.no_op()
    control_dependencies/does_nothing: _dependencies(tf)
    init_scope/does_nothing: _init_scope(tf)
    py_function/one: tf.py_function(lambda x: x * 2, [tf.constant([1, 2])], tf.int32)
    py_function/two_results: tf.py_function(lambda x: (x, x + 1), [tf.constant(1)], [tf.int32, tf.int32])
    py_function/gets_tensors: tf.py_function(lambda x: tf.is_tensor(x), [1], tf.bool)
    py_function/gradient: _py_gradient(tf)
    py_function/wrong_dtype: tf.py_function(lambda x: tf.cast(x, tf.float32), [tf.constant(1)], tf.int32)  # raises
    py_function/raises: tf.py_function(_fails, [tf.constant(1)], tf.int32)  # raises: deliberate
    numpy_function/one: tf.numpy_function(lambda x: x * 2, [tf.constant([1, 2])], tf.int32)
    numpy_function/gets_arrays: tf.numpy_function(lambda x: isinstance(x, np.ndarray), [np.ones(1)], tf.bool)
    numpy_function/two_results: tf.numpy_function(lambda x: (x, x), [tf.constant(1.5)], [tf.float32, tf.float32])
    numpy_function/wrong_dtype: tf.numpy_function(lambda x: x.astype("f8"), [tf.constant([1.0])], tf.int32)
    numpy_function/no_inputs: tf.numpy_function(lambda: np.int64(5), [], tf.int64)
    tensor_array/write_and_stack: _written(tf).stack()
    tensor_array/read: _written(tf).read(1)
    tensor_array/size: _written(tf).size()
    tensor_array/gather: _written(tf).gather([2, 0])
    tensor_array/concat: _array(tf, tf.ones([3, 2])).concat()
    tensor_array/unstack: _array(tf, [1.0, 2.0, 3.0]).read(2)
    tensor_array/scatter: tf.TensorArray(tf.float32, 3).scatter([2, 0, 1], tf.constant([1.0, 2.0, 3.0])).stack()
    tensor_array/split: tf.TensorArray(tf.float32, 2).split(tf.constant([1.0, 2.0, 3.0]), [1, 2]).read(1)
    tensor_array/dynamic: tf.TensorArray(tf.int32, 0, dynamic_size=True).write(2, 7).size()
    tensor_array/dtype: tf.TensorArray(tf.int32, 1).dtype
    tensor_array/element_shape: tf.TensorArray(tf.int32, 1, element_shape=[2]).element_shape
    tensor_array/element_shape_inferred: _written(tf).element_shape
    tensor_array/dynamic_size: tf.TensorArray(tf.int32, 1).dynamic_size
    tensor_array/identity: _written(tf).identity().read(0)
    tensor_array/unwritten_is_zero: tf.TensorArray(tf.float32, 2).write(0, 5.0).stack()
    tensor_array/empty: tf.TensorArray(tf.float32, 0, element_shape=[2]).stack()
    tensor_array/read_out_of_range: _written(tf).read(5)  # raises
    tensor_array/write_out_of_range: tf.TensorArray(tf.int32, 1).write(1, 5)  # raises
    tensor_array/write_negative: tf.TensorArray(tf.int32, 1).write(-1, 5)  # raises
    tensor_array/wrong_dtype: tf.TensorArray(tf.int32, 1).write(0, 1.5)  # raises
    tensor_array/wrong_shape: tf.TensorArray(tf.int32, 1, element_shape=[2]).write(0, [1])  # raises
    tensor_array/read_twice: _read_twice(tf)  # raises
    tensor_array/read_twice_kept: _array(tf, [1.0, 2.0], clear_after_read=False).read(0)
    tensor_array/gradient: _array_gradient(tf)
""")


def _yes(tf):
    return tf.constant(True)


def _pair(tf):
    return {"a": tf.constant([1, 2]), "b": tf.constant([3, 4])}


def _branches(tf):
    ran = []
    tf.cond(tf.constant(True), lambda: ran.append("true"), lambda: ran.append("false"))
    return ran


def _dependencies(tf):
    with tf.control_dependencies([tf.constant(1)]):
        return tf.constant(2)


def _init_scope(tf):
    with tf.init_scope():
        return tf.executing_eagerly(), tf.inside_function()


def _fails(x):
    raise ValueError("deliberate")


def _py_gradient(tf):
    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.py_function(lambda x: x * x, [x], tf.float32)
    return tape.gradient(y, x)


def _written(tf):
    array = tf.TensorArray(tf.float32, size=3, clear_after_read=False)
    for i in range(3):
        array = array.write(i, [float(i), 10.0 * i])
    return array


def _array(tf, values, **options):
    values = tf.constant(values)
    return tf.TensorArray(values.dtype, size=len(values), **options).unstack(values)


def _read_twice(tf):
    array = _array(tf, [1.0, 2.0])
    array.read(0)
    return array.read(0)


def _array_gradient(tf):
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        array = tf.TensorArray(tf.float32, size=2).write(0, x).write(1, x * x)
        y = tf.reduce_sum(array.stack())
    return tape.gradient(y, x)


# -- what TensorFlow 1 has otherwise, and results of no elements ---------------------------------------

case.table("""
    v1_cond/single: tf.compat.v1.cond(tf.constant(True), lambda: [1], lambda: [2])
    v1_cond/strict: tf.compat.v1.cond(tf.constant(True), lambda: [1], lambda: [2], strict=True)
    v1_cond/older_names: tf.compat.v1.cond(tf.constant(False), fn1=lambda: 1, fn2=lambda: 2)
    v1_while/single: tf.compat.v1.while_loop(lambda i: i < 3, lambda i: i + 1, [tf.constant(0)])
    v1_while/single_listed: tf.compat.v1.while_loop(lambda i: i < 3, lambda i: [i + 1], [0])
    v1_while/traced: tf.function(lambda: tf.compat.v1.while_loop(lambda i: i < 3, lambda i: [i + 1], [0]))()
    v1_while/same: tf.compat.v1.while_loop(lambda i: i < 3, lambda i: [i + 1], [tf.constant(0)], return_same_structure=True)
    v1_while/two: tf.compat.v1.while_loop(lambda i, j: i < 3, lambda i, j: (i + 1, j), [0, 1])
    scan/no_elements: tf.scan(lambda a, x: a + x, tf.zeros([0, 3]), initializer=tf.zeros([3]))
    cond/other_keys: tf.function(lambda p: tf.cond(p, lambda: {"a": 1}, lambda: {"b": 1}))(tf.constant(True))  # raises
""")
