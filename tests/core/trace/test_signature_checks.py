"""Input signatures that do not fit the function are refused where the function is made."""

import pytest

import tapeflow as tf

SCALAR = tf.TensorSpec([])


@pytest.mark.parametrize(
    ("signature", "function", "words"),
    [
        ((), lambda inputs: inputs, "missing type constraint for inputs"),
        ((SCALAR,), lambda a, b: a, "missing type constraint for b"),
        ((SCALAR, SCALAR), lambda a: a, "2 entries"),
        ((SCALAR,), lambda a, *, k: a, "`k` must have a default value"),
    ],
)
def test_a_signature_must_cover_what_has_no_default(signature, function, words):
    with pytest.raises(TypeError, match=words):
        tf.function(function, input_signature=signature)


def test_self_and_defaults_need_no_place_in_the_signature():
    class Model(tf.Module):
        @tf.function(input_signature=[SCALAR])
        def scaled(self, x, by=2.0):
            return x * by

    assert Model().scaled(3.0) == 6.0


def test_a_model_whose_default_signature_cannot_be_made_is_saved_without_one(tmp_path):
    class Model(tf.Module):
        @property
        def _default_save_signature(self):
            return tf.function(lambda inputs: inputs, input_signature=())

        @tf.function(input_signature=[SCALAR])
        def change(self, x):
            tf.debugging.assert_greater(x, 0.0)

    tf.saved_model.save(Model(), tmp_path / "m")
    assert list(tf.saved_model.load(tmp_path / "m").signatures) == []
