#!/usr/bin/env python3
"""Measure from how many elements on XLA overtakes NumPy, op by op: the figures behind core/run/crossover.py.

    python benchmarks/crossover.py [--ops Tanh,Exp] [--dtype float32]

For each op and size: the time of the host kernel, that of the compiled lowering (result on the host, as eager
programs want it), both the least of several, and their ratio; above 1, XLA is faster.
"""

import argparse
import time

import numpy as np

from tapeflow.core.engines import xla
from tapeflow.core.ops import registry

SIZES = (1_000, 10_000, 100_000, 300_000, 1_000_000)
OPS = "Exp,Log,Tanh,Sigmoid,Sqrt,Rsqrt,Sin,Erf,AddV2,Mul,Maximum"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ops", default=OPS, help="comma-separated")
    parser.add_argument("--dtype", default="float32")
    options = parser.parse_args()
    registry.load_all()
    print(f"{'op':10} {'elements':>10} {'host us':>10} {'XLA us':>10} {'ratio':>7}")
    for name in options.ops.split(","):
        record = registry.get(name)
        for size in SIZES:
            columns = 100
            array = np.random.default_rng(0).uniform(0.1, 2, (size // columns, columns)).astype(options.dtype)
            inputs = [array] * len(record.inputs)
            host = least(lambda inputs=inputs, kernel=record.kernel: kernel(*inputs))
            compiled = least(lambda inputs=inputs, record=record: np.asarray(xla.run(record, inputs, {})[0]))
            print(f"{name:10} {size:>10} {host * 1e6:>10.1f} {compiled * 1e6:>10.1f} {host / compiled:>7.2f}")


def least(call, repeats=7, seconds=0.05):
    """The least time of one call, over `repeats` loops of about `seconds`."""
    call()
    start = time.perf_counter()
    call()
    count = max(1, int(seconds / max(time.perf_counter() - start, 1e-7)))
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(count):
            call()
        best = min(best, (time.perf_counter() - start) / count)
    return best


if __name__ == "__main__":
    main()
