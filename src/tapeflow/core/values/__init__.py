"""Room 2, values: what a program holds. Tensors, variables, composites, and how Python values become them."""
