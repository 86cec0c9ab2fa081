"""Gradients of a function of `tf` at given points, for cases of several families."""

import numpy as np


def weights(tf, y):
    """Distinct upstream gradients, so that a transposed or reversed gradient shows."""
    count = int(np.prod(y.shape.as_list()))
    return tf.constant(np.linspace(0.5, 1.5, count).reshape(y.shape.as_list()), y.dtype)


def weighted(tf, outputs):
    """The sum of all outputs, each element with its own weight; of complex ones the real part."""
    products = [y * weights(tf, y) for y in outputs if y.dtype.is_floating or y.dtype.is_complex]
    sums = [tf.reduce_sum(tf.math.real(y) if y.dtype.is_complex else y) for y in products]
    return tf.add_n(sums)


def first_order(tf, f, *values):
    """Gradients of f's outputs, weighted, with respect to each input."""
    inputs = [tf.constant(value) for value in values]
    with tf.GradientTape(persistent=True) as tape:
        for one in inputs:
            tape.watch(one)
        total = weighted(tf, tf.nest.flatten(f(tf, *inputs)))
    return tape.gradient(total, inputs)


def second_order(tf, f, *values):
    """Gradients of the weighted sum of the first gradients."""
    inputs = [tf.constant(value) for value in values]
    with tf.GradientTape() as outer:
        for one in inputs:
            outer.watch(one)
        with tf.GradientTape() as inner:
            for one in inputs:
                inner.watch(one)
            total = weighted(tf, tf.nest.flatten(f(tf, *inputs)))
        first = [g for g in inner.gradient(total, inputs) if g is not None]
        if not first:
            return "no first gradient"
        total = weighted(tf, [tf.convert_to_tensor(g) for g in first])
    return outer.gradient(total, inputs)
