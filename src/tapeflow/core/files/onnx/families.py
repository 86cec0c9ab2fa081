"""Fills the table: importing a family's module registers its ops."""

from tapeflow.core.files.onnx import (
    control,
    elementwise,
    linear,
    lists,
    order,
    reductions,
    resize,
    shapes,
    slicing,
    windows,
)

# What a family is called in the documentation -> its module.
FAMILIES = {
    "Elementwise": elementwise, "Reductions and running sums": reductions, "Shapes, joining and parting": shapes,
    "Slices, gathers, scatters, segments, paddings": slicing, "Matrices, softmax, losses": linear,
    "Convolutions, poolings, normalizations, blocks": windows, "Resizing": resize, "Order and selection": order,
    "Branches and loops": control, "Tensor lists": lists,
}  # fmt: skip


def ops_of(module):
    """The names of the ops that a module writes, sorted."""
    from tapeflow.core.files.onnx.table import converters

    return sorted(name for name, one in converters.items() if one.write.__module__ == module.__name__)
