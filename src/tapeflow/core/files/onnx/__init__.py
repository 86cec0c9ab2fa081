"""ONNX files: a table from graph ops to ONNX nodes, by family, and what builds a model with it."""
