"""From how many elements on XLA is faster than the host kernel: one measured table.

Measured on 2 AVX-512 cores with NumPy 2.5 and jaxlib 0.12 by `benchmarks/crossover.py`. XLA's price is 10-15 µs a
call; its gain is fused vector code for functions that NumPy computes one by one, and a second core.
"""

# Ops that are not here run on the host at any size measured (to 10**6): NumPy is as fast, or faster.
ELEMENTS = {"Erf": 10_000, "Rsqrt": 300_000, "Sigmoid": 200_000, "Sqrt": 700_000, "BiasAddGrad": 100_000}
# Windows, moments and softmaxes: a compilation (50-100 ms a shape) buys a third of the time from here on, more above.
ELEMENTS |= dict.fromkeys(
    (
        "Conv Conv2D Conv2DBackpropInput Conv2DBackpropFilter Conv2DBackpropInputV2 Conv2DBackpropFilterV2 Conv3D "
        "Conv3DBackpropInputV2 Conv3DBackpropFilterV2 DepthwiseConv2dNative DepthwiseConv2dNativeBackpropInput "
        "DepthwiseConv2dNativeBackpropFilter"
    ).split(),
    6_000,
)
ELEMENTS |= dict.fromkeys(
    (
        "MaxPool MaxPoolV2 MaxPool3D MaxPoolGrad MaxPoolGradV2 MaxPool3DGrad MaxPoolGradGrad MaxPool3DGradGrad "
        "MaxPoolWithArgmax MaxPoolGradWithArgmax AvgPool AvgPoolGrad AvgPool3D AvgPool3DGrad FusedBatchNorm "
        "FusedBatchNormV2 FusedBatchNormV3 FusedBatchNormGrad FusedBatchNormGradV2 FusedBatchNormGradV3 LRN LRNGrad "
        "SoftmaxCrossEntropyWithLogits SparseSoftmaxCrossEntropyWithLogits Dilation2D Dilation2DBackpropInput "
        "Dilation2DBackpropFilter"
    ).split(),
    12_000,
)
