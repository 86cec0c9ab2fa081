"""`tf.dtypes`: the dtypes and what changes one into another."""

from tapeflow.core.base.dtypes import (
    QUANTIZED_DTYPES,
    DType,
    as_dtype,
    bfloat16,
    bool,
    complex64,
    complex128,
    double,
    float16,
    float32,
    float64,
    half,
    int8,
    int16,
    int32,
    int64,
    qint8,
    qint16,
    qint32,
    quint8,
    quint16,
    resource,
    string,
    uint8,
    uint16,
    uint32,
    uint64,
    variant,
)
from tapeflow.core.ops.compose.array import cast, saturate_cast
from tapeflow.core.ops.compose.math import complex
from tapeflow.dtypes import experimental
