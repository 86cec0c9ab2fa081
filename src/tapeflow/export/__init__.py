"""`tf.export`: functions and models as files for other runtimes."""
