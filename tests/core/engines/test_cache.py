"""The compilation cache on disk: kept across processes, off in libraries, and safe from broken entries."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tapeflow.core.engines import cache

PROGRAM = """
import time, warnings
warnings.simplefilter("error")
import tapeflow as tf

@tf.function
def slow_to_compile(x):
    for i in range(150):
        x = tf.sin(x) @ tf.cos(x + i) + tf.nn.softmax(x)
    return tf.reduce_sum(x)

for _ in range(3):
    y = slow_to_compile(tf.ones([4, 4]))
print(float(y), slow_to_compile.explain().traces[0].seconds)
"""


def run(folder):
    """What the program prints, and what it says on standard error."""
    env = os.environ | {cache.VARIABLE: str(folder)}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=env, capture_output=True, text=True, check=True)
    value, seconds = map(float, done.stdout.split())
    return value, seconds, done.stderr


def entries(folder):
    return sorted(folder.glob("*/jit_slow_to_compile-*-cache"))


@pytest.mark.slow
def test_a_second_process_finds_the_program_and_a_broken_entry_is_replaced(tmp_path):
    first, slow, _ = run(tmp_path)
    (entry,) = entries(tmp_path)
    again, fast, errors = run(tmp_path)
    assert again == first
    assert errors == ""
    assert fast < slow
    whole = entry.read_bytes()
    entry.write_bytes(b"not a program" + whole[: len(whole) // 2])
    broken, _, errors = run(tmp_path)
    assert broken == first
    assert errors == ""
    assert not entries(tmp_path)
    run(tmp_path)
    (entry,) = entries(tmp_path)
    assert not entry.read_bytes().startswith(b"not a program")


@pytest.mark.slow
def test_processes_share_the_folder_at_once(tmp_path):
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(run, [tmp_path] * 3))
    assert len({value for value, _, _ in found}) == 1
    assert [errors for _, _, errors in found] == [""] * 3


def test_libraries_keep_nothing_unless_asked(monkeypatch):
    class Jax:
        class config:
            @staticmethod
            def update(*_):
                raise AssertionError("the cache was switched on")

    monkeypatch.delenv(cache.VARIABLE, raising=False)
    monkeypatch.setitem(cache._state, "default", None)
    cache.start(Jax)
    monkeypatch.setenv(cache.VARIABLE, "off")
    monkeypatch.setitem(cache._state, "default", "/nowhere")
    cache.start(Jax)


def test_what_was_used_longest_ago_goes_first(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "_LIMIT", 250)
    for i, name in enumerate("abc"):
        (tmp_path / name).write_bytes(bytes(100))
        os.utime(tmp_path / name, (i, i))
    cache._trim(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b", "c"]
