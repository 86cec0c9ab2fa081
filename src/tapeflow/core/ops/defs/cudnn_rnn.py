"""CudnnRNN, V2 and V3: recurrent layers of cuDNN's library. They can stand in graphs, and run nowhere.

Libraries put one beside a plain layer, and choose by the device when the graph runs.
"""

from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.ops.op import op

_MODE = (
    "rnn_mode: string = 'lstm', input_mode: string = 'linear_input', direction: string = 'unidirectional', "
    "dropout: float = 0.0, seed: int = 0, seed2: int = 0"
)


def _refused(*inputs, rnn_mode, **attrs):
    raise UnimplementedError(
        f"CudnnRNN ({rnn_mode}): cuDNN's recurrent layers are not part of TapeFlow",
        hint="a tf.keras.layers.LSTM or GRU compiles to XLA's loops",
    )


def _shapes(count):
    def rule(shapes, attrs):
        inputs, h, c = shapes[:3]
        width = None if h is None else h[-1]
        if width is not None and attrs["direction"] == "bidirectional":
            width *= 2
        output = None if inputs is None else (*inputs[:-1], width)
        return (output, h, c if attrs["rnn_mode"] == "lstm" else (None,), (None,), (None,))[:count]

    return rule


for _name, _inputs, _attrs, _outputs in (
    ("CudnnRNN", "", "", ""),
    ("CudnnRNNV2", "", "", ", host_reserved: int8"),
    ("CudnnRNNV3", ", sequence_lengths: int32", "num_proj: int = 0, ", ", host_reserved: int8"),
):
    _last = ", time_major: bool = True" if _name == "CudnnRNNV3" else ""
    op(
        _name,
        f"input: T, input_h: T, input_c: T, params: T{_inputs}, *, {_MODE}, {_attrs}is_training: bool = True{_last} "
        f"-> output: T, output_h: T, output_c: T, reserve_space: T{_outputs}",
        T="bfloat16 | float16 | float32 | float64", kernel=_refused, grad=None,
        shape=_shapes(5 if _outputs else 4), samples=(),
    )  # fmt: skip


def _backprop_shapes(shapes, attrs):
    return list(shapes[:4])


op(
    "CudnnRNNBackpropV3",
    "input: T, input_h: T, input_c: T, params: T, sequence_lengths: int32, output: T, output_h: T, output_c: T, "
    "output_backprop: T, output_h_backprop: T, output_c_backprop: T, reserve_space: T, host_reserved: int8, *, "
    f"{_MODE}, num_proj: int = 0, time_major: bool = True "
    "-> input_backprop: T, input_h_backprop: T, input_c_backprop: T, params_backprop: T",
    T="bfloat16 | float16 | float32 | float64", kernel=_refused, grad=None, stateful=True, shape=_backprop_shapes,
    samples=(),
)  # fmt: skip
