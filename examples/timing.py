"""Times what people feel first: start-up, one small operation, one gradient."""

import subprocess
import sys
import time
from statistics import median

import tapeflow as tf


def seconds_to_import(module):
    program = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    return min(float(subprocess.check_output([sys.executable, "-c", program])) for _ in range(3))


def microseconds(function, calls=2000, rounds=7):
    function()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(calls):
            function()
        times.append((time.perf_counter() - start) / calls)
    return 1e6 * median(times)


w = tf.Variable(1.0)
a = tf.ones([16, 16])


def gradient():
    with tf.GradientTape() as tape:
        loss = 4 * w + w**3
    return tape.gradient(loss, w)


print(f"import numpy            {seconds_to_import('numpy'):8.3f} s")
print(f"import tapeflow         {seconds_to_import('tapeflow'):8.3f} s")
print(f"a + a, 16 x 16          {microseconds(lambda: a + a):8.2f} us")
print(f"tf.tanh(a), 16 x 16     {microseconds(lambda: tf.tanh(a)):8.2f} us")
print(f"gradient of 4w + w^3    {microseconds(gradient):8.2f} us  (it is {float(gradient()):g} at w = 1)")
