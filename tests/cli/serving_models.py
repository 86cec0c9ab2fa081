"""Models that the tests of `tapeflow serve` serve, and the server in this process."""

import asyncio

import httpx

import tapeflow as tf
from tapeflow.cli.serving import server, source
from tapeflow.cli.serving.limits import Limits
from tapeflow.cli.serving.worker import Batching


class Many(tf.Module):
    """Signatures of all kinds."""

    def __init__(self, factor):
        self.factor = tf.Variable(float(factor))
        self.calls = tf.Variable(0)

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, "x")])
    def scaled(self, x):
        return {"y": self.factor * tf.reduce_sum(x, 1)}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.int32, "n"), tf.TensorSpec([None], tf.string, "s")])
    def mixed(self, n, s):
        text = tf.strings.join([s, tf.strings.as_string(n)])
        return {"double": 2 * n, "text": text, "text_bytes": text, "even": n % 2 == 0}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, "x")])
    def centred(self, x):
        return {"y": x - tf.reduce_mean(x)}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, "x")])
    def counted(self, x):
        self.calls.assign_add(1)
        return {"y": x + tf.cast(self.calls, tf.float32)}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, "x")])
    def rooted(self, x):
        tf.debugging.assert_non_negative(x, message="no roots of negative numbers")
        return {"y": tf.sqrt(x)}

    @tf.function(input_signature=[tf.TensorSpec([], tf.float64, "x"), tf.TensorSpec(None, tf.int64, "n")])
    def loose(self, x, n):
        return {"y": x / tf.cast(n, tf.float64), "shape": tf.shape(n)}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "inputs")])
    def classify(self, inputs):
        found = tf.io.parse_example(
            inputs, {"x": tf.io.FixedLenFeature([], tf.float32), "c": tf.io.FixedLenFeature([], tf.string, "none")}
        )
        scores = tf.stack([found["x"], 1 - found["x"]], 1)
        return {"scores": scores, "classes": tf.stack([found["c"], tf.fill(tf.shape(found["c"]), "other")], 1)}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "inputs")])
    def regress(self, inputs):
        found = tf.io.parse_example(inputs, {"x": tf.io.FixedLenFeature([], tf.float32)})
        return {"outputs": self.factor * found["x"]}


def save(folder, factor=2.0):
    """Saves the model."""
    model = Many(factor)
    names = "mixed centred counted rooted loose classify regress".split()
    signatures = {name: getattr(model, name) for name in names} | {"serving_default": model.scaled}
    tf.saved_model.save(model, str(folder), signatures)
    return folder


def serve(*paths, batching=None, limits=None, period=0, **rest):
    """The `Application` of some paths."""
    sources = [source.named(str(path), **rest) for path in paths]
    return server.make(sources, batching or Batching(), limits or Limits(), warms=False, period=period)


def client(application):
    """A client of an application, without a network."""
    transport = httpx.ASGITransport(app=application.starlette())
    return httpx.AsyncClient(transport=transport, base_url="http://server")


def ask(application, path, body=None, **rest):
    """One request; the response."""

    async def asked():
        async with client(application) as session:
            if body is None:
                return await session.get(path, **rest)
            if isinstance(body, (bytes, str)):
                return await session.post(path, content=body, **rest)
            return await session.post(path, json=body, **rest)

    return asyncio.run(asked())


def hold(application, name, signature, event):
    """Makes a signature wait for an event before it computes."""
    found = application.models.get(name).version().servable.signatures[signature]
    run = found.run

    def waiting(tensors):
        event.wait(20)
        return run(tensors)

    found.run = waiting
    return found
