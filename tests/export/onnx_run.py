"""Runs ONNX models and compares what they give."""

import numpy as np
import onnxruntime

TOLERANCE = 1e-4


def session(model):
    """The runtime's session of a model: a `ModelProto` or a path."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    source = model.SerializeToString() if hasattr(model, "SerializeToString") else str(model)
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def ran(model, inputs):
    """What a model gives for arrays, in the order of its inputs."""
    runs = session(model)
    return runs.run(None, {one.name: x for one, x in zip(runs.get_inputs(), inputs, strict=True)})


def assert_same(found, wanted):
    assert len(found) == len(wanted)
    for x, y in zip(found, map(np.asarray, wanted), strict=True):
        assert x.dtype == y.dtype
        assert x.shape == y.shape
        np.testing.assert_allclose(x, y, TOLERANCE, TOLERANCE)
