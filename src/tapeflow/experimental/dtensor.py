"""`tf.experimental.dtensor`: not built. The module is there because Keras imports it; its names say what to use."""

UNSHARDED = "unsharded"
MATCH = "match"


def __getattr__(name):
    raise AttributeError(
        f"tf.experimental.dtensor.{name} is not part of TapeFlow: for data parallelism there is "
        "tf.distribute.MirroredStrategy",
        name=name, obj=None,
    )  # fmt: skip
