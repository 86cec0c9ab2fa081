"""What image functions share: checks of ranks and sizes, with sizes that may not be known yet."""

from tapeflow.core.ops.compose import array
from tapeflow.core.ops.compose.signal_fourier import size_of, spoken_shape
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import constant_value


def image_tensor(image, name="image"):
    """The tensor of an image or a batch of images [..., height, width, channels]."""
    image = convert(image)
    shape = image.static_shape
    if shape is not None and len(shape) < 3:
        raise ValueError(f"'{name}' (shape {spoken_shape(shape)}) must be at least three-dimensional.")
    if shape is not None and 0 in shape[-3:]:
        raise ValueError(f"inner 3 dims of '{name}.shape' must be > 0: {spoken_shape(shape)}")
    return image


def batched(image, checked=True):
    """An image or batch of images as a batch, and whether it was one."""
    image = convert(image)
    shape = image.static_shape
    if shape is None:
        raise ValueError("'image' must have a known rank, 3 or 4.")
    if len(shape) not in (3, 4):
        raise ValueError(f"'image' (shape {spoken_shape(shape)}) must have either 3 or 4 dimensions.")
    if checked:
        image_tensor(image)
    return (array.expand_dims(image, 0), False) if len(shape) == 3 else (image, True)


def unbatched(images, was_batch):
    """Undoes `batched`."""
    return images if was_batch else array.squeeze(images, [0])


def number(x):
    """A scalar argument: a Python number if it is known, else its tensor."""
    if isinstance(x, (int, float)):
        return x
    tensor = convert(x)
    known = constant_value(tensor)
    return tensor if known is None else known.item()


def require(condition, message):
    """Checks what is known now (`condition` a bool), and leaves to the ops what is not."""
    if isinstance(condition, bool) and not condition:
        raise ValueError(message)


def height_and_width(images):
    """The sizes of the last two axes but one."""
    return size_of(images, -3), size_of(images, -2)
