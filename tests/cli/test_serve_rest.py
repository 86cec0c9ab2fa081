"""`tapeflow serve`: addresses, formats and errors of TensorFlow Serving's REST interface."""

import itertools
import json
import math

import pytest

from tests.cli.serving_models import ask

PREDICT = "/v1/models/many:predict"


def answered(application, body, path=PREDICT):
    response = ask(application, path, body)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    return response.json()


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({"instances": [[1, 2], [3.5, 4]]}, {"predictions": [6.0, 15.0]}),
        ({"instances": [{"x": [1, 2]}]}, {"predictions": [6.0]}),
        ({"inputs": [[1, 2]]}, {"outputs": [6.0]}),
        ({"inputs": {"x": [[1, 2]]}}, {"outputs": [6.0]}),
        ({"signature_name": "serving_default", "inputs": {"x": [[1, 2]], "more": 1}}, {"outputs": [6.0]}),
        ({"signature_name": "centred", "instances": [1, 2]}, {"predictions": [-0.5, 0.5]}),
        (
            {"signature_name": "mixed", "instances": [{"n": 3, "s": "é"}, {"n": 4, "s": {"b64": "YQ=="}}]},
            {
                "predictions": [
                    {"double": 6, "text": "é3", "text_bytes": {"b64": "w6kz"}, "even": False},
                    {"double": 8, "text": "a4", "text_bytes": {"b64": "YTQ="}, "even": True},
                ]
            },
        ),
        (
            {"signature_name": "mixed", "inputs": {"n": [3], "s": [{"b64": "YQ"}]}},
            {"outputs": {"double": [6], "text": ["a3"], "text_bytes": [{"b64": "YTM="}], "even": [False]}},
        ),
        (
            {"signature_name": "loose", "inputs": {"x": 1, "n": [[4, 8]]}},
            {"outputs": {"y": [[0.25, 0.125]], "shape": [1, 2]}},
        ),
        ({"signature_name": "loose", "inputs": {"x": 1, "n": 4}}, {"outputs": {"y": 0.25, "shape": []}}),
    ],
)  # fmt: skip
def test_predict_answers_in_the_format_of_the_question(application, body, answer):
    assert answered(application, body) == answer


def test_bytes_that_are_no_text_come_back_as_base64(application):
    body = {"signature_name": "mixed", "instances": [{"n": 1, "s": {"b64": "/w=="}}]}
    assert answered(application, body)["predictions"][0]["text"] == {"b64": "/zE="}


def test_nan_and_infinity_go_in_and_come_out_by_name(application):
    response = ask(application, PREDICT, b'{"instances": [[NaN, 1], [-Infinity, 1], [Infinity, 1]]}')
    assert response.text == '{"predictions": [NaN, -Infinity, Infinity]}'
    nan, low, high = json.loads(response.text)["predictions"]
    assert math.isnan(nan) and low == -high == -math.inf


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "JSON Parse error: The document is empty"),
        (b"{", "JSON Parse error: Expecting property name enclosed in double quotes at offset: 1"),
        (b"[1]", "the body must be a JSON object, got a list"),
        (b"\xff", "JSON Parse error: byte 0 is no UTF-8"),
        (b'{"instances": [[1, 1e999]]}', "instances: a number is too large for float32"),
        (b'{"instances": [[1, 1e39]]}', "instances: a number is too large for float32"),
        (b'{"instances": ' + b"[" * 100_000, "JSON Parse error: lists and objects are nested too deep"),
        (b'{"instances": ' + b"[" * 90 + b"]" * 90 + b"}", "instances: lists are nested deeper than 32"),
        (b'{"instances": [' + b"9" * 5000 + b"]}", "JSON Parse error: Exceeds the limit"),
        ({}, "Missing 'inputs' or 'instances' key"),
        ({"instances": [], "inputs": []}, "the body has both 'inputs' and 'instances'"),
        ({"instances": []}, "No values in 'instances' array"),
        ({"instances": 1}, "Expecting 'instances' value to be a list, got a whole number (1)"),
        ({"instances": [[1, 2, 3]]}, "input 'x' takes a tensor of shape [?, 2], got one of shape [1, 3]"),
        ({"instances": [[1, 2], [3]]}, "instances[1]: a list has 1 elements where another has 2"),
        ({"instances": [[1, 2], 3]}, "instances[1]: expected a list, got a whole number (3)"),
        ({"instances": [1, [2, 3]]}, "instances[1]: a list where other rows have a value"),
        ({"instances": [[1, True]]}, "instances[0][1]: a boolean (true) is not of the expected type: float32"),
        ({"instances": [[1, None]]}, "instances[0][1]: null is not of the expected type: float32"),
        ({"instances": [[1, "2"]]}, 'instances[0][1]: a string ("2") is not of the expected type: float32'),
        ({"instances": [[1, {"b64": ""}]]}, "instances[0][1]: an object is not of the expected type: float32"),
        ({"instances": [{"y": 1}]}, "instances[0]: expecting an object with the keys x; got 'y'"),
        ({"inputs": {}}, "Missing named input: x in 'inputs' object"),
        ({"signature_name": 1, "inputs": {}}, "'signature_name' key must be a string value"),
        ({"signature_name": "none", "inputs": {}}, 'Serving signature name: "none" not found in signature def'),
        ({"signature_name": "mixed", "instances": [1]}, "'instances' is a plain list, but the signature takes 2"),
        ({"signature_name": "mixed", "inputs": [1]}, "'inputs' is a plain value or list, but"),
        ({"signature_name": "mixed", "inputs": {"n": [1.0], "s": [""]}}, "(1.0) is not of the expected type: int32"),
        ({"signature_name": "mixed", "inputs": {"n": [2**31], "s": [""]}}, "2147483648 is out of the range of int32"),
        ({"signature_name": "mixed", "inputs": {"n": [1], "s": [1]}}, "(1) is not of the expected type: string"),
        ({"signature_name": "mixed", "inputs": {"n": [1], "s": [{"b64": "$"}]}}, "the value of 'b64' is no base64"),
        (b'{"signature_name": "mixed", "inputs": {"n": [1], "s": ["\\ud800"]}}', "half of a surrogate pair"),
        ({"signature_name": "rooted", "instances": [1, -1]}, "no roots of negative numbers"),
        ({"signature_name": "mixed", "inputs": {"n": [1, 2], "s": ["a", "b", "c"]}}, ""),
    ],
    ids=itertools.count(),
)  # fmt: skip
def test_a_wrong_body_gets_400_and_a_sentence(application, body, sentence):
    response = ask(application, PREDICT, body)
    assert response.status_code == 400, response.text
    assert sentence in response.json()["error"]
    assert response.json()["error"]


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/v1/models/none:predict", 404, "Servable not found for request: Latest(none)"),
        ("/v1/models/many/versions/7:predict", 404, "Servable not found for request: Specific(many, 7)"),
        ("/v1/models/many/labels/best:predict", 404, "Unrecognized servable version label: best"),
        ("/v1/models/many/versions/99999999999999999999:predict", 400, "Failed to convert version"),
        ("/v1/models/many:explain", 400, "Malformed request: POST /v1/models/many:explain"),
        ("/v1/models/many/versions/x:predict", 400, "Malformed request"),
        ("/v1/models/", 400, "Malformed request"),
        ("/v2", 404, "there is no /v2"),
        ("/healthz", 405, "POST is not for /healthz"),
    ],
)
def test_a_wrong_address_gets_a_sentence(application, path, status, sentence):
    response = ask(application, path, {"instances": [[1, 2]]})
    assert response.status_code == status
    assert sentence in response.json()["error"]


def test_addresses_may_name_the_version_and_be_escaped(application):
    body = {"instances": [[1, 2]]}
    assert answered(application, body, "/v1/models/many/versions/1:predict") == {"predictions": [6.0]}
    assert answered(application, body, "/v1/models/m%61ny:PREDICT") == {"predictions": [6.0]}


def test_classify_gives_pairs_of_label_and_score(application):
    body = {"signature_name": "classify", "examples": [{"x": 0.25}, {"x": [1.0], "c": {"b64": "Yg=="}}]}
    found = answered(application, body, "/v1/models/many:classify")
    assert found == {"results": [[["none", 0.25], ["other", 0.75]], [["b", 1.0], ["other", 0.0]]]}
    body["context"] = {"c": "all"}
    found = answered(application, body, "/v1/models/many/versions/1:classify")
    assert [row[0][0] for row in found["results"]] == ["all", "b"]


def test_regress_gives_a_number_for_each_example(application):
    body = {"signature_name": "regress", "examples": [{"x": 0.25}, {"x": 1.5}]}
    assert answered(application, body, "/v1/models/many:regress") == {"results": [0.5, 3.0]}


@pytest.mark.parametrize(
    ("method", "body", "sentence"),
    [
        ("regress", {"examples": [{"x": 1.0}]}, "Expected regression signature method_name to be"),
        ("classify", {"signature_name": "regress", "examples": [{}]}, "Expected classification signature"),
        ("classify", {"signature_name": "classify"}, "key 'examples' is expected and was not found"),
        ("classify", {"signature_name": "classify", "examples": []}, "'examples' value is an empty array"),
        ("classify", {"signature_name": "classify", "examples": {}}, "Expecting 'examples' value to be a list"),
        ("classify", {"signature_name": "classify", "examples": [1]}, "examples[0]: Example must be JSON object"),
        ("classify", {"signature_name": "classify", "context": 1, "examples": [{}]}, "context: Example must be"),
        ("regress", {"signature_name": "regress", "examples": [{"x": None}]}, "unexpected JSON type: null"),
        ("regress", {"signature_name": "regress", "examples": [{"x": [[1]]}]}, "unexpected JSON type: a list"),
        ("regress", {"signature_name": "regress", "examples": [{"x": [1.5, 1]}]}, "feature: x expecting type: float"),
        ("regress", {"signature_name": "regress", "examples": [{"x": 2**63}]}, "is no int64"),
        ("regress", {"signature_name": "regress", "examples": [{"x": 1}]}, "Data types don't match"),
        ("regress", {"signature_name": "regress", "examples": [{}]}, "x"),
    ],
)
def test_wrong_examples_get_400_and_a_sentence(application, method, body, sentence):
    response = ask(application, f"/v1/models/many:{method}", body)
    assert response.status_code == 400, response.text
    assert sentence in response.json()["error"]


def test_status_tells_of_all_versions_or_one(application):
    wanted = {
        "model_version_status": [
            {"version": "1", "state": "AVAILABLE", "status": {"error_code": "OK", "error_message": ""}}
        ]
    }
    assert ask(application, "/v1/models/many").json() == wanted
    assert ask(application, "/v1/models/many/versions/1").json() == wanted
    for path, sentence in [
        ("many/versions/2", "Could not find version 2 of model many"),
        ("none", "Could not find any versions of model none"),
    ]:
        response = ask(application, f"/v1/models/{path}")
        assert (response.status_code, response.json()) == (404, {"error": sentence})
    assert ask(application, "/v1/models").json() == {"error": "Missing model name in request."}


def test_metadata_is_the_signatures_in_protobufs_json(application):
    found = ask(application, "/v1/models/many/metadata").json()
    assert found["model_spec"] == {"name": "many", "signature_name": "", "version": "1"}
    signatures = found["metadata"]["signature_def"]["signature_def"]
    assert signatures["serving_default"]["inputs"]["x"] == {
        "dtype": "DT_FLOAT",
        "tensor_shape": {"dim": [{"size": "-1", "name": ""}, {"size": "2", "name": ""}], "unknown_rank": False},
        "name": "serving_default_x:0",
    }
    assert signatures["serving_default"]["method_name"] == "tensorflow/serving/predict"
    assert signatures["loose"]["inputs"]["n"]["tensor_shape"] == {"dim": [], "unknown_rank": True}


def test_health_and_metrics_tell_of_what_was_asked(application):
    assert ask(application, "/healthz").text == "ok\n"
    assert ask(application, "/readyz").text == "ready\n"
    answered(application, {"instances": [[1, 2]]})
    ask(application, '/v1/models/made"up:predict', {})
    text = ask(application, "/monitoring/prometheus/metrics").text
    assert '# TYPE :tensorflow:serving:request_count counter\n' in text
    assert ':tensorflow:serving:request_count{model_name="many",status="OK"} ' in text
    assert ':tensorflow:serving:request_count{model_name="",status="NOT_FOUND"} ' in text
    assert '_latency_bucket{model_name="many",API="predict",entrypoint="REST",le="+Inf"}' in text
    assert 'tapeflow_serving_model_state{model_name="many",version="1",state="AVAILABLE"} 1\n' in text
    assert "made" not in text


def test_the_page_runs_its_own_script_only(application):
    response = ask(application, "/")
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'sha256-" in policy
    assert '["many"]' in response.text
    assert "http" not in response.text.replace("http-equiv", "")
