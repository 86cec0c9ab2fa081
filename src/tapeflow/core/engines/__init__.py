"""Room 4, engines: what carries an op out. NumPy here, XLA through JAX there."""
