"""`tf.random.experimental`: orders from a seed, and older names."""

from tapeflow.core.ops.compose.random_arguments import Algorithm
from tapeflow.core.ops.compose.random_orders import index_shuffle, stateless_shuffle
from tapeflow.core.ops.compose.random_stateless import fold_in as stateless_fold_in
from tapeflow.core.ops.compose.random_stateless import split as stateless_split
from tapeflow.core.track.generator import Generator, get_global_generator, set_global_generator
from tapeflow.core.track.generator_state import create_rng_state
