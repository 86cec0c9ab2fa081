"""Room 6, graph: what a function captures, as nodes and symbols."""
