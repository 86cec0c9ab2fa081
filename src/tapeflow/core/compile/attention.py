"""cuDNN's fused attention in place of a graph of plain ops that computes attention, on NVIDIA GPUs.

The graph stays as it is, for other devices and for SavedModels: it has a stand-in, which a call of it is lowered to.
"""

from tapeflow.core.compile.lower import as_array, lower_graph
from tapeflow.core.ops.lowering import jax, lax


class FusedAttention:
    """Stands in for a graph from query, key, value [batch, length, heads, size] and perhaps a mask to their attention.

    Args:
        scale: What scores are multiplied by.
        is_causal: Whether places see none after them.
    """

    kernel = "cudnn"

    def __init__(self, scale, is_causal):
        self.scale, self.is_causal = scale, is_causal

    def lowered(self, graph, values):
        """The outputs for arrays: of the kernel where the program is for a GPU, else of the graph's own nodes."""

        def plain(*values):
            return tuple(map(as_array, lower_graph(graph, values)))

        if jax.default_backend() != "gpu":  # the kernel's library is not there
            return plain(*values)
        return lax.platform_dependent(*map(as_array, values), cuda=self.fused, default=plain)

    def fused(self, query, key, value, *masks):
        """The kernel's outputs, a tuple."""
        mask = masks[0] if masks else None
        found = jax.nn.dot_product_attention(
            query, key, value, mask=mask, scale=self.scale, is_causal=self.is_causal, implementation=self.kernel
        )
        return (found,)


class FusedAttentionGradient(FusedAttention):
    """Stands in for the graph from query, key, value, the result's gradient and perhaps a mask to the gradients."""

    def fused(self, query, key, value, dy, *masks):
        """The kernel's gradients of query, key and value."""

        def forward(query, key, value):
            return super(FusedAttentionGradient, self).fused(query, key, value, *masks)[0]

        _, pull = jax.vjp(forward, query, key, value)
        return pull(dy)
