"""Names of `tf.TypeSpec` classes, under which old model files keep them."""

_names, _specs = {}, {}


def register(name):
    """Decorator that gives a `tf.TypeSpec` class a name, `"project.Class"`.

    Raises:
        ValueError: Name or class are registered already.
    """

    def decorate(cls):
        if cls in _names or name in _specs:
            raise ValueError(f"Name {name} or class {cls.__name__} has already been registered.")
        _names[cls], _specs[name] = name, cls
        return cls

    return decorate


def get_name(cls):
    """Returns the name of a `tf.TypeSpec` class.

    Raises:
        ValueError: It has none.
    """
    _load()
    if cls not in _names:
        raise ValueError(f"TypeSpec {cls.__module__}.{cls.__name__} has not been registered.")
    return _names[cls]


def lookup(name):
    """Returns the `tf.TypeSpec` class of a name.

    Raises:
        ValueError: There is none.
    """
    _load()
    if name not in _specs:
        raise ValueError(f"No TypeSpec has been registered with name {name!r}")
    return _specs[name]


def _load():
    """Registers TensorFlow's own, by the names that TensorFlow gives them."""
    import tapeflow as tf  # the front door loads what it is asked for

    if "tf.TensorSpec" not in _specs:
        for one in (tf.TensorSpec, tf.SparseTensorSpec, tf.RaggedTensorSpec, tf.IndexedSlicesSpec):
            register(f"tf.{one.__name__}")(one)
