"""`tf.quantization`: names."""

from tapeflow.core.ops.compose.quantize import (
    dequantize,
    quantize,
    quantize_and_dequantize,
    quantize_and_dequantize_v2,
)
from tapeflow.core.ops.defs.fake_quant import fake_quant_args as fake_quant_with_min_max_args
from tapeflow.core.ops.defs.fake_quant import fake_quant_args_gradient as fake_quant_with_min_max_args_gradient
from tapeflow.core.ops.defs.fake_quant import fake_quant_per_channel as fake_quant_with_min_max_vars_per_channel
from tapeflow.core.ops.defs.fake_quant import (
    fake_quant_per_channel_gradient as fake_quant_with_min_max_vars_per_channel_gradient,
)
from tapeflow.core.ops.defs.fake_quant import fake_quant_vars as fake_quant_with_min_max_vars
from tapeflow.core.ops.defs.fake_quant import fake_quant_vars_gradient as fake_quant_with_min_max_vars_gradient
from tapeflow.core.ops.defs.quantize import quantized_concat
