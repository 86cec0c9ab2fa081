"""The cases, one family a file. Importing them needs neither TensorFlow nor TapeFlow."""
