"""`tf.compat.v1`: the switches between version 1's and 2's behavior. Here version 2's always holds."""

from tapeflow.core.base.errors import UnimplementedError


def enable_resource_variables():
    """Does nothing: variables are resources."""


def resource_variables_enabled():
    """Returns True."""
    return True


def enable_tensor_equality():
    """Does nothing: `==` compares elements."""


def enable_v2_tensorshape():
    """Does nothing: sizes in shapes are numbers or None."""


def disable_resource_variables():
    """Raises: TapeFlow has no reference variables."""
    raise _only_version_2("disable_resource_variables", "variables are resources")


def disable_tensor_equality():
    """Raises: `==` compares elements."""
    raise _only_version_2("disable_tensor_equality", "`==` of tensors compares elements; compare objects with `is`")


def disable_v2_tensorshape():
    """Raises: sizes are numbers or None."""
    raise _only_version_2("disable_v2_tensorshape", "sizes in shapes are numbers or None")


def disable_control_flow_v2():
    """Raises: branches and loops are functions."""
    raise _only_version_2("disable_control_flow_v2", "branches and loops are functions")


def _only_version_2(name, fact):
    return UnimplementedError(f"tf.compat.v1.{name}: in TapeFlow {fact}")
