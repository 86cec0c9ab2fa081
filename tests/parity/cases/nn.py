"""tf.nn and tf.signal: values and gradients of what the rest of the cases lean on."""

import ast

import numpy as np

from tests.parity.case import Family, attribute
from tests.parity.gradients import first_order, second_order
from tests.parity.values import FLOAT_EDGES, FLOATS

case = Family(__name__)

ACTIVATIONS = (
    "relu relu6 elu selu softsign softplus leaky_relu gelu silu softmax log_softmax l2_normalize".split()
)
A = np.array([[0.3, -1.2, 2.0], [0.7, -0.4, 1.1]], "f4")


def activation(name):
    return lambda tf, x: attribute(tf.nn, name)(x)


for name in ACTIVATIONS:
    for dtype in FLOATS:
        case.either(
            f"{name}/{dtype}",
            lambda tf, name, dtype: attribute(tf.nn, name)(tf.constant(A, dtype)),
            name,
            dtype,
        )
    case(
        f"{name}/edges",
        lambda tf, name: attribute(tf.nn, name)(tf.constant([[x] for x in FLOAT_EDGES])),
        name,
    )
    case(f"{name}/empty", lambda tf, name: attribute(tf.nn, name)(tf.zeros([0, 2])), name)
    case(f"{name}/gradient", first_order, activation(name), A)
    case(
        f"{name}/gradient_at_edges",
        first_order,
        activation(name),
        np.array([[0.0, -0.0, 6.0, -1e3, 1e3]], "f4"),
    )
    case.either(f"{name}/second", second_order, activation(name), A, loose=10)

ROWS = """
    fft: tf.signal.fft(tf.complex(x, x))
    softmax_cross_entropy: tf.nn.softmax_cross_entropy_with_logits([[0.2, 0.3, 0.5], [1.0, 0.0, 0.0]], x)
    sparse_softmax_cross_entropy: tf.nn.sparse_softmax_cross_entropy_with_logits([2, 0], x)
    sigmoid_cross_entropy: tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.ones([2, 3]), logits=x)
    moments: tf.nn.moments(x, [0])
    embedding_lookup: tf.nn.embedding_lookup(x, [0, 1, 0])
    bias_add: tf.nn.bias_add(x, x[0])
"""
for row in filter(None, map(str.strip, ROWS.splitlines())):
    name, _, expression = row.partition(": ")
    f = eval(compile(ast.parse(f"lambda tf, x: {expression}", mode="eval"), __file__, "eval"), globals())
    case(f"{name}/value", lambda tf, f: f(tf, tf.constant(A)), f, loose=2)
    case(f"{name}/of_x", first_order, f, A, loose=2)
    case.either(f"{name}/second_of_x", second_order, f, A, loose=10)
