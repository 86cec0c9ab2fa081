"""Fills the table: importing a family's module registers its ops."""

from tapeflow.core.files.onnx import (
    bits,
    colours,
    complexes,
    control,
    elementwise,
    joining,
    linear,
    lists,
    order,
    pooling,
    quantized,
    reductions,
    resize,
    scattering,
    shapes,
    slicing,
    special,
    tables,
    windows,
)
from tapeflow.core.files.onnx.table import converters

# What a family is called in the documentation -> its module.
FAMILIES = {
    "Elementwise": elementwise,
    "Bits": bits,
    "Special functions, slopes of activations": special,
    "Reductions, running sums, counts": reductions,
    "Shapes": shapes,
    "Joining, parting, another order": joining,
    "Slices, gathers, paddings": slicing,
    "Scatters, segments, partitions": scattering,
    "Matrices, softmax, losses": linear,
    "Convolutions": windows,
    "Poolings, normalizations, blocks": pooling,
    "Images of another size, boxes cut out": resize,
    "Colours": colours,
    "Rounded as if quantized": quantized,
    "Order and selection": order,
    "Branches and loops": control,
    "Tensor lists": lists,
    "Lookup tables, strings": tables,
    "Complex numbers inside a function": complexes,
}


def ops_of(module):
    """The names of the ops that a module writes, sorted."""
    if module is complexes:
        return sorted(complexes.complex_ops)
    return sorted(name for name, one in converters.items() if one.write.__module__ == module.__name__)


def rows():
    """The rows of the documentation's table: a family and its ops."""
    return [f"| {name} | {', '.join(ops_of(module))} |" for name, module in FAMILIES.items()]
