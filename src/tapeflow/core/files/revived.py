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
    found = _reader(proto)
    return None if found is None else found.setter


def _reader(proto):
    _, versions = _TYPES.get(proto.identifier, (None, ()))
    return next((one for one in versions if one.should_load(proto)), None)


def revive(proto):
    """Returns a new object of an announced type, and the setter of its attributes; None if nothing reads the message.

    Args:
        proto: `SavedUserObject` message.
    """
    found = _reader(proto)
    return None if found is None else (found.from_proto(proto), found.setter)


def describe(obj, proto):
    """Writes of which announced type an object is; returns whether it is of any.

    Args:
        obj: The object.
        proto: `SavedUserObject` message.
    """
    for identifier, (predicate, versions) in _TYPES.items():
        if predicate(obj):
            newest = versions[0]
            proto.identifier = identifier
            proto.version.producer, proto.version.min_consumer = newest.version, newest._min_consumer_version
            proto.version.bad_consumers.extend(newest._bad_consumers)
            return True
    return False
