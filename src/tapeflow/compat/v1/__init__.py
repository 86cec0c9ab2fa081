"""`tf.compat.v1`: names of TensorFlow 1 that programs of today still use."""


def __getattr__(name):
    if name == "nn":
        import importlib

        return importlib.import_module("tapeflow.compat.v1.nn")
    raise AttributeError(f"tf.compat.v1.{name} is not part of TapeFlow")
