"""`tf.random`: random numbers."""

from tapeflow.core.ops.compose.candidate_samplers import (
    all_candidate_sampler,
    fixed_unigram_candidate_sampler,
    learned_unigram_candidate_sampler,
    log_uniform_candidate_sampler,
    uniform_candidate_sampler,
)
from tapeflow.core.ops.compose.random_arguments import Algorithm
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
    stateless_binomial,
    stateless_categorical,
    stateless_gamma,
    stateless_normal,
    stateless_parameterized_truncated_normal,
    stateless_poisson,
    stateless_truncated_normal,
    stateless_uniform,
)
from tapeflow.core.track.generator import (
    Generator,
    create_rng_state,
    get_global_generator,
    set_global_generator,
)
from tapeflow.random import experimental
