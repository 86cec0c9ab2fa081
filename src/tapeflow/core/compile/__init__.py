"""Room 7, compile: from a graph to steps that run, on the host and through XLA."""
