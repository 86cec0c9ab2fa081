#!/usr/bin/env python3
"""Measure `tapeflow serve` against a plain Keras-on-TensorFlow process with the same web framework.

    python benchmarks/serve.py --python tensorflow=/path/to/python --rounds 3

Both answer TensorFlow Serving's predict requests for the same small MLP (64-128-128-10), of 1 and of 32 rows, on
Starlette and uvicorn, which the other Python must have too. The plain process is what one writes by hand in twenty
lines: JSON to array, call, array to JSON. `tensorflow` calls the model through `tf.function`, `tensorflow-predict`
through `model.predict`. The servers run one at a time and take turns; the clients are one process with a connection
each, which send their next request as soon as they have the answer.

Each figure is the best of all rounds: requests a second, the 50th and 99th percentile of the time that a client waits,
in milliseconds, and the processor time that the server takes for a request, all threads, in milliseconds (Linux): other
programs on the machine change the last one least. In brackets is how many times as many requests as `tensorflow` a
server answers.
"""

import argparse
import asyncio
import functools
import json
import os
import pathlib
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

MAKE = """
import sys, tapeflow as tf
keras = tf.keras
keras.utils.set_random_seed(1)
model = keras.Sequential(
    [keras.Input((64,))] + [keras.layers.Dense(128, "relu") for _ in range(2)] + [keras.layers.Dense(10, "softmax")]
)
model.save(sys.argv[1] + "/mlp.keras")
model.export(sys.argv[1] + "/mlp/1", verbose=False)
"""

PLAIN = """
import sys, numpy as np, tensorflow as tf, uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

model = tf.keras.models.load_model(sys.argv[1])
compiled = tf.function(lambda x: model(x, training=False), input_signature=[tf.TensorSpec([None, 64], tf.float32)])
if sys.argv[3] == "predict":
    call = lambda x: model.predict(x, verbose=0)
else:
    call = lambda x: compiled(tf.constant(x)).numpy()
call(np.zeros((1, 64), np.float32))

async def predict(request):
    body = await request.json()
    return JSONResponse({"predictions": call(np.asarray(body["instances"], np.float32)).tolist()})

async def status(request):
    return JSONResponse({})

app = Starlette(routes=[Route("/v1/models/mlp:predict", predict, methods=["POST"]), Route("/v1/models/mlp", status)])
uvicorn.run(app, port=int(sys.argv[2]), log_level="warning", access_log=False)
"""


class Client(asyncio.Protocol):
    """One connection that asks again as soon as it is answered."""

    def __init__(self, message, waits, until):
        self.message, self.waits, self.until = message, waits, until
        self.done = asyncio.get_running_loop().create_future()
        self.buffer = b""

    def connection_made(self, transport):
        self.transport = transport
        self.ask()

    def ask(self):
        self.start = time.perf_counter()
        self.transport.write(self.message)

    def data_received(self, data):
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        if len(body) < length:
            return
        if not head.startswith(b"HTTP/1.1 200"):
            self.done.set_exception(RuntimeError(self.buffer.decode()))
            return
        self.answer, self.buffer = body, b""
        now = time.perf_counter()
        self.waits.append(now - self.start)
        if now < self.until:
            self.ask()
        elif not self.done.done():
            self.done.set_result(body)

    def connection_lost(self, error):
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("the server closed the connection"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", action="append", default=[], metavar="tensorflow=PATH")
    parser.add_argument("--clients", default="1,8,64", help="comma-separated")
    parser.add_argument("--rows", default="1,32", help="comma-separated")
    parser.add_argument("--seconds", type=float, default=3.0, help="for each measurement")
    parser.add_argument("--servers", default="tapeflow,tensorflow,tensorflow-predict", help="comma-separated")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=pathlib.Path, help="write every measurement here")
    args = parser.parse_args()
    pythons = dict(option.split("=", 1) for option in args.python)
    loads = [(int(n), int(rows)) for rows in args.rows.split(",") for n in args.clients.split(",")]
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-c", MAKE, folder], check=True)
        servers = {"tapeflow": [sys.executable, "-m", "tapeflow", "serve", f"{folder}/mlp", "--port"]}
        for kind in ("function", "predict") if "tensorflow" in pythons else ():
            name = "tensorflow" if kind == "function" else "tensorflow-predict"
            servers[name] = [pythons["tensorflow"], "-c", PLAIN, f"{folder}/mlp.keras", "PORT", kind]
        servers = {name: servers[name] for name in args.servers.split(",") if name in servers}
        for round_number in range(args.rounds):
            for name, command in servers.items():
                for load, figures in measured(command, loads, args.seconds):
                    results.setdefault(load, {}).setdefault(name, []).append(figures)
                    print(round_number + 1, name, *load, figures, file=sys.stderr, flush=True)
    if args.json:
        args.json.write_text(json.dumps([[*load, by_name] for load, by_name in results.items()], indent=1))
    print_table(results, list(servers))


def measured(command, loads, seconds):
    """Starts a server; gives each load with its figures."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(port) if word == "PORT" else word for word in command]
    if command[-1] == "--port":
        command = [*command, str(port)]
    env = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "", "JAX_PLATFORMS": "cpu"}
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(process, f"http://127.0.0.1:{port}/v1/models/mlp")
            for clients, rows in loads:
                before = processor_seconds(process.pid)
                count, figures = asyncio.run(loaded(port, clients, rows, seconds))
                yield (clients, rows), [*figures, (processor_seconds(process.pid) - before) / count * 1e3]
        finally:
            process.terminate()


def processor_seconds(pid):
    """Of all threads of a process so far."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_for(process, address):
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            urllib.request.urlopen(address).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start in a minute")


async def loaded(port, clients, rows, seconds):
    """How many requests were answered; how many a second, and the percentiles of the waits in milliseconds."""
    random.seed(rows)
    instances = [[round(random.gauss(0, 1), 6) for _ in range(64)] for _ in range(rows)]
    body = json.dumps({"instances": instances}).encode()
    head = f"POST /v1/models/mlp:predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n"
    loop, count = asyncio.get_running_loop(), 0
    for span in (min(1.0, seconds), seconds):  # the first is for warming
        waits, start = [], time.perf_counter()
        client = functools.partial(Client, head.encode() + body, waits, start + span)
        made = [await loop.create_connection(client, "127.0.0.1", port) for _ in range(clients)]
        answers = await asyncio.gather(*[client.done for _, client in made])
        took = time.perf_counter() - start
        for transport, _ in made:
            transport.close()
        assert all(len(json.loads(answer)["predictions"]) == rows for answer in answers)
        count += len(waits)
    waits.sort()
    return count, [len(waits) / took, waits[len(waits) // 2] * 1e3, waits[len(waits) * 99 // 100] * 1e3]


def print_table(results, names):
    print("| rows | clients | " + " | ".join(names) + " |")
    print("|---|---|" + "---|" * len(names))
    for (clients, rows), by_name in results.items():
        best = {
            name: [max(column) if i == 0 else min(column) for i, column in enumerate(zip(*figures, strict=True))]
            for name, figures in by_name.items()
        }
        cells = []
        for name in names:
            rate, p50, p99, processor = best[name]
            ratio = f" ({rate / best['tensorflow'][0]:.2f}x)" if "tensorflow" in best else ""
            cells.append(f"{rate:.0f}/s{ratio}, p50 {p50:.2f}, p99 {p99:.2f}, CPU {processor:.2f}")
        print(f"| {rows} | {clients} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
