"""`tf.dtypes.experimental`: dtypes of less than a byte or of 8-bit floats."""

from tapeflow.core.base.dtypes import (
    float4_e2m1fn,
    float8_e4m3b11fnuz,
    float8_e4m3fn,
    float8_e4m3fnuz,
    float8_e5m2,
    float8_e5m2fnuz,
    int2,
    int4,
    uint2,
    uint4,
)
