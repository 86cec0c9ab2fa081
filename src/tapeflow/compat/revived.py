"""`tf.__internal__.saved_model.load`: what objects of a SavedModel become again, as front ends announce it."""

# Identifier -> (predicate, registrations, newest first).
_TYPES: dict = {}


class VersionedTypeRegistration:
    """How the objects of one version of a type come back.

    Args:
        object_factory: Message of the object -> the object.
        version: Of the type.
        min_producer_version, min_consumer_version, bad_consumers: Which writers and readers fit.
        setter: `(object, name, value)`: sets an attribute; `setattr` by default.
    """

    def __init__(
        self, object_factory, version, min_producer_version, min_consumer_version, bad_consumers=None, setter=setattr
    ):  # fmt: skip
        self.setter, self.identifier, self._object_factory, self.version = setter, None, object_factory, version
        self._min_consumer_version, self._min_producer_version = min_consumer_version, min_producer_version
        self._bad_consumers = bad_consumers or []

    def from_proto(self, proto):
        """Makes an object of its message."""
        return self._object_factory(proto)

    def should_load(self, proto):
        """Returns whether this version reads what the message says."""
        return (
            proto.identifier == self.identifier
            and proto.version.min_consumer <= self.version
            and proto.version.producer >= self._min_producer_version
            and self.version not in proto.version.bad_consumers
        )


def register_revived_type(identifier, predicate, versions):
    """Announces a type.

    Args:
        identifier: Its name in files.
        predicate: Object -> whether it is of the type.
        versions: `VersionedTypeRegistration`s.

    Raises:
        AssertionError: The identifier is taken.
    """
    if identifier in _TYPES:
        raise AssertionError(f"Duplicate registrations for type '{identifier}'")
    for one in versions:
        one.identifier = identifier
    _TYPES[identifier] = predicate, sorted(versions, key=lambda one: one.version, reverse=True)


def registered_identifiers():
    """Returns the names of all announced types."""
    return list(_TYPES)


def get_setter(proto):
    """Returns the setter of the version that reads a message, None if there is none."""
    _, versions = _TYPES.get(proto.identifier, (None, ()))
    return next((one.setter for one in versions if one.should_load(proto)), None)
