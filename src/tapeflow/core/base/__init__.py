"""Room 1: dtypes, shapes, specs, nest, errors, devices, settings and source lines."""
