"""`tf.experimental.Optional`, under the module that holds it."""

from tapeflow.core.data.optional import Optional, OptionalSpec
