"""From how many elements on XLA is faster than the host kernel: one measured table.

Measured on 2 AVX-512 cores with NumPy 2.5 and jaxlib 0.12 by `benchmarks/crossover.py`. XLA's price is 10-15 µs a
call; its gain is fused vector code for functions that NumPy computes one by one, and a second core.
"""

from math import inf

# Ops that are not here run on the host at any size measured (to 10**6): NumPy is as fast, or faster.
ELEMENTS = {"Erf": 10_000, "Rsqrt": 300_000, "Sigmoid": 200_000, "Sqrt": 700_000}


def crossover(record):
    """The largest input, in elements, that the host kernel keeps."""
    return ELEMENTS.get(record.op_name, inf)
