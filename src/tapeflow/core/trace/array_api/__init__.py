"""The Python array API standard (2024.12) on tensors: what `x.__array_namespace__()` offers."""
