"""How embedding tables are trained, as `tf.tpu.experimental.embedding` describes it: settings, and variables beside."""

from tapeflow.core.ops.compose.initializers import constant_initializer


class Optimizer:
    """What all share.

    Args:
        learning_rate: A number, or a function that returns one.
        use_gradient_accumulation: Whether gradients of a row are summed before they are used.
        clip_weight_min, clip_weight_max: Bounds of the values of the table; None for none.
        weight_decay_factor: How much values shrink with each step; None for not at all.
        multiply_weight_decay_factor_by_learning_rate: Whether the factor is one of the learning rate.
        slot_variable_creation_fn: (table, names, initializers) -> {name: variable}; None for plain variables.
        clipvalue: Bounds (low, high) of gradients, or one number for both sides; None for none.
        low_dimensional_packing_status: Kept.
    """

    SLOTS: tuple[str, ...] = ()

    def __init__(
        self, learning_rate, use_gradient_accumulation, clip_weight_min, clip_weight_max, weight_decay_factor,
        multiply_weight_decay_factor_by_learning_rate, clipvalue, low_dimensional_packing_status,
        slot_variable_creation_fn=None,
    ):  # fmt: skip
        if not (slot_variable_creation_fn is None or callable(slot_variable_creation_fn)):
            raise ValueError(
                "Argument `slot_variable_creation_fn` must be either None or a callable. "
                f"Received: {slot_variable_creation_fn}"
            )
        if clipvalue is not None and not use_gradient_accumulation:
            raise ValueError(
                "When `use_gradient_accumulation` is False, gradient clipping cannot be used and `clipvalue` should be "
                f"left as None. Received value {clipvalue} for argument `clipvalue`."
            )
        self.slot_variable_creation_fn = slot_variable_creation_fn
        self.learning_rate = learning_rate
        self.use_gradient_accumulation = use_gradient_accumulation
        self.clip_weight_min, self.clip_weight_max = clip_weight_min, clip_weight_max
        self.clip_gradient_min, self.clip_gradient_max = _bounds(clipvalue)
        self.weight_decay_factor = weight_decay_factor
        self.multiply_weight_decay_factor_by_learning_rate = multiply_weight_decay_factor_by_learning_rate
        self.low_dimensional_packing_status = low_dimensional_packing_status

    def _slot_names(self):
        """The names of the variables beside a table."""
        return list(self.SLOTS)

    def _slot_initializers(self):
        """Their initializers, in the same order."""
        return [constant_initializer(0.0) for _ in self.SLOTS]

    def _create_slots(self, table, variable_creator):
        """Returns the variables beside a table by name, made by `variable_creator(name, initializer)`."""
        names, initializers = self._slot_names(), self._slot_initializers()
        if self.slot_variable_creation_fn is not None:
            return self.slot_variable_creation_fn(table, names, initializers)
        return {name: variable_creator(name, make) for name, make in zip(names, initializers, strict=True)}

    def __eq__(self, other):
        return type(other) is type(self) and vars(other) == vars(self)

    def __hash__(self):
        return hash(tuple(vars(self).items()))


def _bounds(clipvalue):
    if clipvalue is None:
        return None, None
    return clipvalue if isinstance(clipvalue, tuple) else (-1.0 * clipvalue, clipvalue)


class SGD(Optimizer):
    """Values move against the gradient."""

    def __init__(
        self, learning_rate=0.01, use_gradient_accumulation=True, clip_weight_min=None, clip_weight_max=None,
        weight_decay_factor=None, multiply_weight_decay_factor_by_learning_rate=None, clipvalue=None,
        low_dimensional_packing_status=False,
    ):  # fmt: skip
        super().__init__(
            learning_rate, use_gradient_accumulation, clip_weight_min, clip_weight_max, weight_decay_factor,
            multiply_weight_decay_factor_by_learning_rate, clipvalue, low_dimensional_packing_status,
        )  # fmt: skip


class Adagrad(Optimizer):
    """Steps shrink with the sum of squared gradients, which starts at `initial_accumulator_value`."""

    SLOTS = ("accumulators",)

    def __init__(
        self, learning_rate=0.001, initial_accumulator_value=0.1, use_gradient_accumulation=True, clip_weight_min=None,
        clip_weight_max=None, weight_decay_factor=None, multiply_weight_decay_factor_by_learning_rate=None,
        slot_variable_creation_fn=None, clipvalue=None, low_dimensional_packing_status=False,
    ):  # fmt: skip
        super().__init__(
            learning_rate, use_gradient_accumulation, clip_weight_min, clip_weight_max, weight_decay_factor,
            multiply_weight_decay_factor_by_learning_rate, clipvalue, low_dimensional_packing_status,
            slot_variable_creation_fn,
        )  # fmt: skip
        self.initial_accumulator_value = _positive(initial_accumulator_value)

    def _slot_initializers(self):
        return [constant_initializer(self.initial_accumulator_value)]


class AdagradMomentum(Optimizer):
    """Adagrad with a memory of earlier steps."""

    SLOTS = ("accumulators", "momenta")

    def __init__(
        self, learning_rate=0.001, momentum=0.0, use_nesterov=False, exponent=2, beta2=1, epsilon=1e-10,
        use_gradient_accumulation=True, clip_weight_min=None, clip_weight_max=None, weight_decay_factor=None,
        multiply_weight_decay_factor_by_learning_rate=None, slot_variable_creation_fn=None, clipvalue=None,
        low_dimensional_packing_status=False,
    ):  # fmt: skip
        super().__init__(
            learning_rate, use_gradient_accumulation, clip_weight_min, clip_weight_max, weight_decay_factor,
            multiply_weight_decay_factor_by_learning_rate, clipvalue, low_dimensional_packing_status,
            slot_variable_creation_fn,
        )  # fmt: skip
        if epsilon <= 0:
            raise ValueError("Adagrad momentum: epsilon must be positive")
        if exponent <= 0:
            raise ValueError("Adagrad momentum: Precondition exponent must >0")
        self.momentum, self.use_nesterov = momentum, use_nesterov
        self.exponent, self.beta2, self.epsilon = exponent, beta2, epsilon


class FTRL(Optimizer):
    """Follow the regularized leader."""

    SLOTS = ("accumulators", "linears")

    def __init__(
        self, learning_rate=0.001, learning_rate_power=-0.5, l1_regularization_strength=0.0,
        l2_regularization_strength=0.0, beta=0.0, initial_accumulator_value=0.1, use_gradient_accumulation=True,
        clip_weight_min=None, clip_weight_max=None, weight_decay_factor=None,
        multiply_weight_decay_factor_by_learning_rate=None, slot_variable_creation_fn=None, clipvalue=None,
        multiply_linear_by_learning_rate=False, allow_zero_accumulator=False, low_dimensional_packing_status=False,
    ):  # fmt: skip
        super().__init__(
            learning_rate, use_gradient_accumulation, clip_weight_min, clip_weight_max, weight_decay_factor,
            multiply_weight_decay_factor_by_learning_rate, clipvalue, low_dimensional_packing_status,
            slot_variable_creation_fn,
        )  # fmt: skip
        self.initial_accumulator_value = _positive(initial_accumulator_value)
        self.learning_rate_power = learning_rate_power
        self.l1_regularization_strength = l1_regularization_strength
        self.l2_regularization_strength = l2_regularization_strength
        self.beta = beta
        self.multiply_linear_by_learning_rate = multiply_linear_by_learning_rate
        self.allow_zero_accumulator = allow_zero_accumulator

    def _slot_initializers(self):
        return [constant_initializer(self.initial_accumulator_value), constant_initializer(0.0)]


class Adam(Optimizer):
    """Steps by running means of gradients and of their squares."""

    SLOTS = ("momenta", "velocities")

    def __init__(
        self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-07, lazy_adam=True, sum_inside_sqrt=True,
        use_gradient_accumulation=True, clip_weight_min=None, clip_weight_max=None, weight_decay_factor=None,
        multiply_weight_decay_factor_by_learning_rate=None, slot_variable_creation_fn=None, clipvalue=None,
        low_dimensional_packing_status=False,
    ):  # fmt: skip
        super().__init__(
            learning_rate, use_gradient_accumulation, clip_weight_min, clip_weight_max, weight_decay_factor,
            multiply_weight_decay_factor_by_learning_rate, clipvalue, low_dimensional_packing_status,
            slot_variable_creation_fn,
        )  # fmt: skip
        if not 0 <= beta_1 < 1:
            raise ValueError(f"Argument `beta_1` must be >= 0 and < 1. Received: {beta_1}.")
        if not 0 <= beta_2 < 1:
            raise ValueError(f"Argument `beta_2` must be >= 0 and < 1. Received: {beta_2}.")
        if epsilon <= 0:
            raise ValueError(f"epsilon must be positive; got {epsilon}.")
        if not use_gradient_accumulation and not lazy_adam:
            raise ValueError("When disabling lazy Adam (`lazy_adam=False`), gradient accumulation must be used.")
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        self.lazy_adam, self.sum_inside_sqrt = lazy_adam, sum_inside_sqrt


def _positive(value):
    if value <= 0:
        raise ValueError(f"Argument `initial_accumulator_value` must be a positive float. Received: {value}")
    return value
