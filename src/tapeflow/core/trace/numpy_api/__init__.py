"""`tf.experimental.numpy`: NumPy's functions, with NumPy's rules of dtypes, on tensors."""
