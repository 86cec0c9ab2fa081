"""`tf.nn.experimental`: names."""

from tapeflow.core.ops.compose.nn_dropout import general_dropout, stateless_dropout
