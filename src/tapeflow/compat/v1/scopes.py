"""`tf.compat.v1.name_scope`: scopes with a name for want of another."""

from tapeflow.core.track import module


class name_scope(module.name_scope):
    """`tf.name_scope`; `default_name` serves where `name` is None.

    Args:
        name: The scope's name, or None.
        default_name: The name for None; with neither, the outermost scope.
        values: Accepted: what the ops inside are given.
    """

    def __init__(self, name, default_name=None, values=None):
        chosen = default_name if name is None else name
        super().__init__("" if chosen is None else chosen)
