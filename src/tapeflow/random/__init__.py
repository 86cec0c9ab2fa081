"""`tf.random`: random numbers."""

from tapeflow.core.ops.compose.candidate_samplers import (
    all_candidate_sampler,
    fixed_unigram_candidate_sampler,
    learned_unigram_candidate_sampler,
    log_uniform_candidate_sampler,
    uniform_candidate_sampler,
)
from tapeflow.core.ops.compose.random_arguments import Algorithm
from tapeflow.core.ops.compose.random_distributions import (
    stateless_binomial,
    stateless_categorical,
    stateless_gamma,
    stateless_parameterized_truncated_normal,
    stateless_poisson,
)
from tapeflow.core.ops.compose.random_stateful import (
    categorical,
    gamma,
    normal,
    poisson,
    set_seed,
    shuffle,
    truncated_normal,
    uniform,
)
from tapeflow.core.ops.compose.random_stateless import (
    fold_in,
    split,
    stateless_normal,
    stateless_truncated_normal,
    stateless_uniform,
)
from tapeflow.core.track.generator import Generator, get_global_generator, set_global_generator
from tapeflow.core.track.generator_state import create_rng_state
from tapeflow.random import experimental
