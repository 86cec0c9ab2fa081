"""AutoGraph: Python's `if`, `while` and `for` over tensors become part of the graph."""
