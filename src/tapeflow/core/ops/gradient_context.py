"""What gradient rules see of a call."""


class GradientContext:
    """What a gradient rule sees of one call, as `c`: inputs, outputs and attributes by name."""

    __slots__ = ("attrs", "inputs", "needed", "outputs")

    def __init__(self, inputs, attrs, outputs, needed):
        self.inputs, self.attrs, self.outputs, self.needed = inputs, attrs, outputs, needed


def context_class(record):
    """The op's own `GradientContext`, with a property a name."""
    names = {}
    taken = GradientContext.__slots__  # an input of such a name is reached by its position: c.inputs[0]
    for i, arg in enumerate(record.inputs):
        names[arg.name] = property(lambda self, i=i: self.inputs[i])
    for attr in record.attrs:
        names[attr.name] = property(lambda self, name=attr.name: self.attrs[name])
    for i, arg in enumerate(record.outputs):
        if arg.is_list and len(record.outputs) == 1:
            names.setdefault(arg.name, property(lambda self: self.outputs))
        else:
            names.setdefault(arg.name, property(lambda self, i=i: self.outputs[i]))
    names = {name: found for name, found in names.items() if name not in taken}
    return type(f"{record.op_name}Context", (GradientContext,), {"__slots__": (), **names})


def zero(c, *grads):
    """The rule of a function that is constant between its jumps (`floor`, `sign`)."""
    from tapeflow.core.ops.defs.array import zeros_like

    return tuple(zeros_like(x) for x in c.inputs) if len(c.inputs) > 1 else zeros_like(c.inputs[0])
