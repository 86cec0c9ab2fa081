"""Values of other packages that ops and operators ask their packages about, as Keras 2 has them."""

import subprocess
import sys

# In a process of its own: whoever is asked once is asked until the process ends.
_PROGRAM = """
import tapeflow as tf
from tapeflow.compat.dispatchers import GlobalOpDispatcher, OpDispatcher
from tapeflow.compat.exports import get_canonical_name_for_symbol

class Stand:
    '''Stands for a tensor that is not there yet.'''
    shape, dtype = tf.TensorShape([None, 3]), tf.float32
    def __array__(self, dtype=None):
        raise TypeError("no array")

for name in tf.Tensor.OVERLOADABLE_OPERATORS:
    setattr(Stand, name, getattr(tf.Tensor, name))

class Names(GlobalOpDispatcher):
    def handle(self, op, args, kwargs):
        if not any(isinstance(x, Stand) for x in tf.nest.flatten([args, kwargs])):
            return self.NOT_SUPPORTED
        return get_canonical_name_for_symbol(op, add_prefix_to_v1_names=True)

class Slices(OpDispatcher):
    def handle(self, args, kwargs):
        return "sliced" if isinstance(args[0], Stand) else self.NOT_SUPPORTED

Names().register()
Slices().register(tf.__operators__.getitem)
s, c, v = Stand(), tf.constant([1.0, 2.0, 3.0]), tf.Variable([1.0, 2.0, 3.0])
found = {
    "s * s": s * s, "s + c": s + c, "c + s": c + s, "v - s": v - s, "2 / s": 2 / s, "s // 2": s // 2, "s % s": s % s,
    "s ** 2": s ** 2, "s @ c": s @ c, "s < 1": s < 1, "1 < s": 1 < s, "s == s": s == s, "s != c": s != c, "-s": -s,
    "abs(s)": abs(s), "s[0]": s[0], "s == None": s == None,
    "tf.nn.relu": tf.nn.relu(s), "tf.reduce_sum": tf.reduce_sum(s), "tf.square": tf.square(s),
    "tf.concat": tf.concat([s, c], 0), "tf.reshape": tf.reshape(s, [-1]), "tf.cast": tf.cast(s, tf.int32),
    "tf.matmul": tf.matmul(s, c),
}
print(found)
assert (c * 2 + v).numpy().tolist() == [3.0, 6.0, 9.0] and c[1].numpy() == 2.0
ragged, sparse = tf.ragged.constant([[1.0], [2.0, 3.0]]), tf.sparse.from_dense([[0.0, 2.0]])
assert tf.ones_like(ragged).to_list() == [[1.0], [1.0, 1.0]]
assert tf.cast(sparse, tf.int32).values.numpy().tolist() == [2]
assert (ragged * 2.0).to_list() == [[2.0], [4.0, 6.0]]
try:
    tf.reshape(c, [2])
except tf.errors.InvalidArgumentError:
    print("refused")
"""

_EXPECTED = {
    "s * s": "math.multiply", "s + c": "__operators__.add", "c + s": "__operators__.add", "v - s": "math.subtract",
    "2 / s": "math.truediv", "s // 2": "compat.v1.floor_div", "s % s": "math.floormod", "s ** 2": "math.pow",
    "s @ c": "linalg.matmul", "s < 1": "math.less", "1 < s": "math.greater", "s == s": "__operators__.eq",
    "s != c": "__operators__.ne", "-s": "math.negative", "abs(s)": "math.abs", "s[0]": "sliced", "s == None": False,
    "tf.nn.relu": "nn.relu", "tf.reduce_sum": "math.reduce_sum", "tf.square": "math.square", "tf.concat": "concat",
    "tf.reshape": "reshape", "tf.cast": "cast", "tf.matmul": "linalg.matmul",
}  # fmt: skip


def test_values_that_are_no_tensors_are_asked_about_by_the_public_function_that_was_called():
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, timeout=120)
    assert done.stderr == ""
    found, refused = done.stdout.splitlines()
    assert eval(found) == _EXPECTED
    assert refused == "refused"
