"""Classify and regress: examples as `tf.Example` messages, and what comes back as labels, scores and values."""

import numpy as np

from tapeflow.cli.serving import answer
from tapeflow.cli.serving.refusal import invalid
from tapeflow.cli.serving.tensors import bytes_of, is_base64, shown
from tapeflow.core.base.messages import message

_INT64 = range(-(2**63), 2**63)
_PREFIX = "tensorflow/serving/"


def check_signature(signature, method):
    """Raises a `Refusal` if a signature is not for `classify` or `regress`.

    One that only has the inputs and outputs of such a signature will do: TensorFlow 2 writes no other method than
    `predict`.
    """
    outputs = set(signature.outputs)
    if method == "classify":
        fits = bool(outputs) and outputs <= {"classes", "scores"}
    else:
        fits = outputs == {"outputs"}
    if set(signature.inputs) != {"inputs"} or not fits:
        kind = "classification" if method == "classify" else "regression"
        wanted = "'classes' or 'scores' or both" if method == "classify" else "'outputs'"
        raise invalid(
            f"Expected {kind} signature method_name to be {_PREFIX}{method}. Was: {signature.method}. Signature "
            f"'{signature.name}' takes {', '.join(signature.inputs)} and gives {', '.join(signature.outputs)}; wanted "
            f"is one input named 'inputs' and as outputs {wanted}"
        )
    if signature.inputs["inputs"].dtype.name != "string":
        raise invalid(
            f"signature '{signature.name}' takes {signature.inputs['inputs'].dtype.name} values and no serialized "
            "examples: use :predict"
        )


def serialized(parsed, method):
    """The examples of a request's object as an array of serialized messages."""
    if "examples" not in parsed:
        raise invalid(f"When method is {method}, key 'examples' is expected and was not found")
    examples = parsed["examples"]
    if type(examples) is not list:
        raise invalid(f"Expecting 'examples' value to be a list, got {shown(examples)}")
    if not examples:
        raise invalid("'examples' value is an empty array")
    context = message("Example")()
    if "context" in parsed:
        _fill(context, parsed["context"], "context")
    array = np.empty(len(examples), object)
    for i, one in enumerate(examples):
        example = message("Example")()
        example.CopyFrom(context)
        _fill(example, one, f"examples[{i}]")
        array[i] = example.SerializeToString(deterministic=True)
    return array


def classified(outputs, count):
    """The body of a classify answer."""
    labels, scores = outputs.get("classes"), outputs.get("scores")
    for name, array, kinds in (("classes", labels, "OSU"), ("scores", scores, "f")):
        if array is None:
            continue
        if array.ndim != 2 or len(array) != count:
            raise invalid(f"Expected Tensor shape: [{count} num_classes] of '{name}' but got {list(array.shape)}")
        if array.dtype.kind not in kinds:
            raise invalid(f"'{name}' has the dtype {array.dtype.name}, which is not one of a classification")
    if labels is not None and scores is not None and labels.shape != scores.shape:
        raise invalid(
            f"Tensors class and score should match in dim_size(1). Got {labels.shape[1]} vs. {scores.shape[1]}"
        )
    return answer.classes(labels, scores)


def regressed(outputs, count):
    """The body of a regress answer."""
    array = outputs["outputs"]
    if array.shape not in ((count,), (count, 1)) or array.dtype.kind != "f":
        raise invalid(
            f"Expected output Tensor shape to be either [{count}] or [{count}, 1] of floats but got "
            f"{array.dtype.name} {list(array.shape)}"
        )
    return answer.regressions(array.ravel())


def _fill(example, given, where):
    """Adds the features of a JSON object to a message."""
    if type(given) is not dict:
        raise invalid(f"{where}: Example must be JSON object but got {shown(given)}")
    for name, content in given.items():
        bytes_of(name, where)
        feature = example.features.feature[name]
        feature.Clear()
        kind = None
        for value in content if type(content) is list else [content]:
            found, number = _feature_value(value, f"{where}, feature '{name}'")
            if kind not in (None, found):
                raise invalid(
                    f"Unexpected element type in feature: {name} expecting type: {kind.removesuffix('_list')}; got "
                    f"{shown(value)} ({where})"
                )
            kind = found
            getattr(feature, kind).value.append(number)


def _feature_value(value, where):
    """The list that a value belongs to, and the value."""
    kind = type(value)
    if kind is bool:
        return "int64_list", int(value)
    if kind is int:
        if value not in _INT64:
            raise invalid(f"{where}: {value if abs(value) < 2**65 else 'a number'} is no int64")
        return "int64_list", value
    if kind is float:
        return "float_list", value
    if kind is str or is_base64(value):
        return "bytes_list", bytes_of(value, where)
    raise invalid(f"{where} has element with unexpected JSON type: {shown(value)}")
