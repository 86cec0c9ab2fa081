"""Two versions: the TensorFlow release whose API and results TapeFlow follows, and TapeFlow's own."""

TF_VERSION = "2.21.0"
VERSION = "0.1.0"
