"""`tf.saved_model.experimental.TrackableResource`: an object that owns a resource."""


from tapeflow.core.base.trackable import Trackable


class TrackableResource(Trackable):
    """An object with a resource of its own, which a saved model knows how to make again.

    Args:
        device: Where the resource lives; accepted.

    Subclasses define `_create_resource`, and `_initialize` if there is something to fill in.
    """

    def __init__(self, device=""):
        self._resource_device = device
        self._resource_handle = None

    @property
    def resource_handle(self):
        """The tensor that stands for the resource."""
        if self._resource_handle is None:
            self._resource_handle = self._create_resource()
        return self._resource_handle

    def _create_resource(self):
        raise NotImplementedError("TrackableResource._create_resource not implemented.")

    def _initialize(self):
        """Fills the resource when it has been made again."""

    def _destroy_resource(self):
        """Lets go of the resource."""
