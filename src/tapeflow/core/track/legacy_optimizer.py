"""`tf.compat.v1.train`'s optimizers: gradient descent, momentum, Adagrad, RMSProp and Adam, with slot variables.

They work eagerly and in functions. Their slots are saved in checkpoints where TensorFlow has them.
"""

from tapeflow.core.ops.compose.array import cast, group
from tapeflow.core.ops.compose.counting import unique
from tapeflow.core.ops.compose.creation import zeros_like
from tapeflow.core.ops.registry import get
from tapeflow.core.run.tape import GradientTape
from tapeflow.core.trace.function import init_scope
from tapeflow.core.track.auto_trackable import AutoTrackable
from tapeflow.core.track.data_structures import NoDependency
from tapeflow.core.values.convert import convert
from tapeflow.core.values.indexed_slices import IndexedSlices
from tapeflow.core.values.variable import Variable


class Optimizer(AutoTrackable):
    """Changes variables by their gradients, and keeps what it needs to know of each in slots.

    Args:
        use_locking: Accepted.
        name: The optimizer's name.

    Raises:
        ValueError: There is no name.
    """

    GATE_NONE, GATE_OP, GATE_GRAPH = 0, 1, 2

    def __init__(self, use_locking, name):
        if not name:
            raise ValueError("Must specify the optimizer name")
        self._use_locking, self._name = use_locking, name
        self._slots = NoDependency({})  # name -> {id of a variable: (variable, slot)}
        self._deferred_slots = NoDependency({})  # (name, id of a variable) -> positions in checkpoints

    def get_name(self):
        """Returns the optimizer's name."""
        return self._name

    # -- gradients -----------------------------------------------------------------------------------

    def minimize(
        self, loss, global_step=None, var_list=None, gate_gradients=GATE_OP, aggregation_method=None,
        colocate_gradients_with_ops=False, name=None, grad_loss=None,
    ):  # fmt: skip
        """Computes gradients and changes the variables.

        Args:
            loss: A function without arguments that returns what to minimize.
            global_step: A variable to count up.
            var_list: The variables; by default all trainable ones that `loss` reads.
            gate_gradients, aggregation_method, colocate_gradients_with_ops: Accepted.
            name: Accepted.
            grad_loss: The gradient of the loss.

        Raises:
            ValueError: No variable has a gradient.
            RuntimeError: `loss` is not a function.
        """
        pairs = self.compute_gradients(loss, var_list=var_list, grad_loss=grad_loss)
        if all(grad is None for grad, _ in pairs):
            raise ValueError(
                "No gradients provided for any variable, check your graph for ops that do not support gradients, "
                f"between variables {[str(v) for _, v in pairs]} and loss {loss}."
            )
        return self.apply_gradients(pairs, global_step=global_step, name=name)

    def compute_gradients(
        self, loss, var_list=None, gate_gradients=GATE_OP, aggregation_method=None, colocate_gradients_with_ops=False,
        grad_loss=None,
    ):  # fmt: skip
        """Computes gradients.

        Args:
            loss: A function without arguments that returns what to minimize.
            var_list: The variables; by default all trainable ones that `loss` reads.
            gate_gradients, aggregation_method, colocate_gradients_with_ops: Accepted.
            grad_loss: The gradient of the loss.

        Returns:
            (gradient, variable) pairs; a gradient may be None.

        Raises:
            RuntimeError: `loss` is not a function.
        """
        if not callable(loss):
            raise RuntimeError(
                "`loss` passed to Optimizer.compute_gradients should be a function when eager execution is enabled."
            )
        with GradientTape() as tape:
            if var_list is not None:
                tape.watch(var_list)
            value = loss()
        var_list = tape.watched_variables() if var_list is None else var_list
        return list(zip(tape.gradient(value, var_list, grad_loss), var_list, strict=True))

    def apply_gradients(self, grads_and_vars, global_step=None, name=None, skip_gradients_aggregation=False):
        """Changes the variables.

        Args:
            grads_and_vars: (gradient, variable) pairs.
            global_step: A variable to count up.
            name, skip_gradients_aggregation: Accepted.

        Returns:
            The op; None eagerly.

        Raises:
            ValueError: No variable has a gradient.
        """
        pairs = list(grads_and_vars)
        if not pairs:
            raise ValueError("No variables provided.")
        given = [(grad, var) for grad, var in pairs if grad is not None]
        if not given:
            raise ValueError(f"No gradients provided for any variable: {[str(v) for _, v in pairs]}.")
        with init_scope():
            self._create_slots([var for _, var in given])
        for grad, var in given:
            if isinstance(grad, IndexedSlices):
                indices, values = summed_rows(grad)
                self._apply_sparse(values, indices, var)
            else:
                self._apply_dense(convert(grad), var)
        self._finish()
        if global_step is not None:
            global_step.assign_add(cast(1, global_step.dtype))
        return group()

    def _create_slots(self, var_list):
        pass

    def _apply_dense(self, grad, var):
        raise NotImplementedError()

    def _apply_sparse(self, grad, indices, var):
        raise NotImplementedError()

    def _finish(self):
        pass

    def _number(self, value, var):
        """A hyperparameter, which may be a function, in the dtype of a variable."""
        return cast(value() if callable(value) else value, var.dtype)

    # -- slots ---------------------------------------------------------------------------------------

    def variables(self):
        """Returns the variables that the optimizer itself holds."""
        own = [v for v in self._trackable_children().values() if isinstance(v, Variable)]
        own += [slot for slots in self._slots.values() for _, slot in slots.values()]
        return sorted(own, key=lambda v: v.name)

    def get_slot(self, var, name):
        """Returns the slot of a variable, or None."""
        return self._slots.get(name, {}).get(id(var), (None, None))[1]

    def get_slot_names(self):
        """Returns the names of slots, sorted."""
        return sorted(self._slots)

    def _slot(self, var, name, value=None):
        """The slot of a variable; it is made with `value`, zeros by default, or restored."""
        found = self.get_slot(var, name)
        if found is None:
            start = zeros_like(var) if value is None else value
            before = sum(id(var) in slots for slots in self._slots.values())
            label = f"{var.name.removesuffix(':0')}/{self._name}" + (f"_{before}" if before else "")
            found = Variable(start, trainable=False, name=label)
            self._slots.setdefault(name, {})[id(var)] = var, found
            for position in self._deferred_slots.pop((name, id(var)), ()):
                position.restore(found)
        return found

    def _create_or_restore_slot_variable(self, slot_variable_position, slot_name, variable, slot_variable_shape=None):
        """Called by a restore: the slot gets its value now if its variable is there, else when it is made."""
        if slot_variable_position.is_simple_variable():
            self._slot(variable, slot_name)
        slot = self.get_slot(variable, slot_name)
        if slot is not None:
            slot_variable_position.restore(slot)
        else:
            self._deferred_slots.setdefault((slot_name, id(variable)), []).append(slot_variable_position)

    def _own(self, name, value, var):
        """A variable of the optimizer itself, tracked by its name."""
        self._maybe_initialize_trackable()
        found = self._lookup_dependency(name)
        if found is None:
            start = self._preload_simple_restoration(name)
            made = Variable(cast(value, var.dtype) if start is None else start(), trainable=False, name=name)
            found = self._track_trackable(made, name)
        return found


def summed_rows(slices):
    """The rows of an `IndexedSlices`, equal indices added up: indices and values."""
    found, places = unique(slices.indices)
    return found, get("UnsortedSegmentSum")(convert(slices.values), places, get("Size")(found))


class GradientDescentOptimizer(Optimizer):
    """`variable -= learning_rate * gradient`.

    Args:
        learning_rate: A number, a tensor, or a function that returns one.
        use_locking: Accepted.
        name: The optimizer's name.

    >>> v = tf.Variable(3.0)
    >>> _ = tf.compat.v1.train.GradientDescentOptimizer(0.1).minimize(lambda: v * v, var_list=[v])
    >>> round(float(v), 3)
    2.4
    """

    def __init__(self, learning_rate, use_locking=False, name="GradientDescent"):
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate

    def _apply_dense(self, grad, var):
        var.assign_sub(self._number(self._learning_rate, var) * grad)

    def _apply_sparse(self, grad, indices, var):
        var.scatter_sub(IndexedSlices(self._number(self._learning_rate, var) * grad, indices))


class MomentumOptimizer(Optimizer):
    """`slot = momentum * slot + gradient; variable -= learning_rate * slot`.

    Args:
        learning_rate, momentum: Numbers, tensors, or functions that return them.
        use_locking: Accepted.
        name: The optimizer's name.
        use_nesterov: Whether to look ahead: the variable moves by `gradient + momentum * slot`.
    """

    def __init__(self, learning_rate, momentum, use_locking=False, name="Momentum", use_nesterov=False):
        super().__init__(use_locking, name)
        self._learning_rate, self._momentum, self._nesterov = learning_rate, momentum, use_nesterov

    def _create_slots(self, var_list):
        for var in var_list:
            self._slot(var, "momentum")

    def _apply_dense(self, grad, var):
        rate, momentum = self._number(self._learning_rate, var), self._number(self._momentum, var)
        slot = self._slot(var, "momentum")
        slot.assign(slot * momentum + grad)
        var.assign_sub(rate * (grad + momentum * slot) if self._nesterov else rate * slot)

    def _apply_sparse(self, grad, indices, var):
        rate, momentum = self._number(self._learning_rate, var), self._number(self._momentum, var)
        slot = self._slot(var, "momentum")
        row = get("GatherV2")(slot, indices, 0) * momentum + grad
        slot.scatter_update(IndexedSlices(row, indices))
        var.scatter_sub(IndexedSlices(rate * (grad + momentum * row) if self._nesterov else rate * row, indices))


class AdagradOptimizer(Optimizer):
    """`slot += gradient²; variable -= learning_rate * gradient / sqrt(slot)`.

    Args:
        learning_rate: A number, a tensor, or a function that returns one.
        initial_accumulator_value: The slots' first value, above 0.
        use_locking: Accepted.
        name: The optimizer's name.

    Raises:
        ValueError: The first value is not above 0.
    """

    def __init__(self, learning_rate, initial_accumulator_value=0.1, use_locking=False, name="Adagrad"):
        if initial_accumulator_value <= 0.0:
            raise ValueError(f"initial_accumulator_value must be positive: {initial_accumulator_value}")
        super().__init__(use_locking, name)
        self._learning_rate, self._initial = learning_rate, initial_accumulator_value

    def _create_slots(self, var_list):
        for var in var_list:
            self._slot(var, "accumulator", get("Fill")(var.shape.as_list(), cast(self._initial, var.dtype)))

    def _apply_dense(self, grad, var):
        slot = self._slot(var, "accumulator")
        slot.assign_add(grad * grad)
        var.assign_sub(self._number(self._learning_rate, var) * grad / get("Sqrt")(slot))

    def _apply_sparse(self, grad, indices, var):
        slot = self._slot(var, "accumulator")
        row = get("GatherV2")(slot, indices, 0) + grad * grad
        slot.scatter_update(IndexedSlices(row, indices))
        step = self._number(self._learning_rate, var) * grad / get("Sqrt")(row)
        var.scatter_sub(IndexedSlices(step, indices))


class RMSPropOptimizer(Optimizer):
    """Divides gradients by the root of the mean of their squares.

    Args:
        learning_rate: A number, a tensor, or a function that returns one.
        decay: How slowly the mean forgets.
        momentum: Of the steps.
        epsilon: Added to the mean of squares.
        use_locking: Accepted.
        centered: Whether to use the variance in place of the mean of squares.
        name: The optimizer's name.
    """

    def __init__(
        self, learning_rate, decay=0.9, momentum=0.0, epsilon=1e-10, use_locking=False, centered=False, name="RMSProp"
    ):
        super().__init__(use_locking, name)
        self._learning_rate, self._decay, self._momentum = learning_rate, decay, momentum
        self._epsilon, self._centered = epsilon, centered

    def _create_slots(self, var_list):
        for var in var_list:
            self._slot(var, "rms", get("OnesLike")(var))
            if self._centered:
                self._slot(var, "mg")
            self._slot(var, "momentum")

    def _apply_dense(self, grad, var):
        slots = [self._slot(var, name) for name in ("rms", "momentum", "mg")[: 2 + self._centered]]
        values, step = self._step(grad, var, *slots)
        for slot, value in zip(slots, values, strict=True):
            slot.assign(value)
        var.assign_sub(step)

    def _apply_sparse(self, grad, indices, var):
        slots = [self._slot(var, name) for name in ("rms", "momentum", "mg")[: 2 + self._centered]]
        values, step = self._step(grad, var, *(get("GatherV2")(slot, indices, 0) for slot in slots))
        for slot, value in zip(slots, values, strict=True):
            slot.scatter_update(IndexedSlices(value, indices))
        var.scatter_sub(IndexedSlices(step, indices))

    def _step(self, grad, var, rms, momentum, mean=None):
        """The new values of the slots, and what the variable loses."""
        rate, decay = self._number(self._learning_rate, var), self._number(self._decay, var)
        rms = rms + (grad * grad - rms) * (1 - decay)
        spread = rms + self._number(self._epsilon, var)
        if mean is not None:
            mean = mean + (grad - mean) * (1 - decay)
            spread = spread - mean * mean
        step = self._number(self._momentum, var) * momentum + rate * grad / get("Sqrt")(spread)
        return ((rms, step) if mean is None else (rms, step, mean)), step


class AdamOptimizer(Optimizer):
    """Adam, Kingma and Ba 2015: means of gradients and of their squares, the first divided by the root of the second.

    Args:
        learning_rate, beta1, beta2, epsilon: Numbers, tensors, or functions that return them.
        use_locking: Accepted.
        name: The optimizer's name.
        use_own_namescope_for_non_slot_vars: Accepted.
    """

    def __init__(
        self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8, use_locking=False, name="Adam",
        use_own_namescope_for_non_slot_vars=False,
    ):  # fmt: skip
        super().__init__(use_locking, name)
        self._lr, self._beta1, self._beta2, self._epsilon = learning_rate, beta1, beta2, epsilon

    def _create_slots(self, var_list):
        first = min(var_list, key=lambda var: var.name)
        for name, beta in (("beta1_power", self._beta1), ("beta2_power", self._beta2)):
            self._own(name, self._number(beta, first), first)
        for var in var_list:
            self._slot(var, "m")
            self._slot(var, "v")

    def _parts(self, var):
        """Step size, betas and epsilon in the dtype of a variable."""
        beta1, beta2, epsilon = (self._number(x, var) for x in (self._beta1, self._beta2, self._epsilon))
        power1, power2 = (cast(self._lookup_dependency(f"beta{i}_power"), var.dtype) for i in (1, 2))
        rate = self._number(self._lr, var) * get("Sqrt")(1 - power2) / (1 - power1)
        return rate, beta1, beta2, epsilon

    def _apply_dense(self, grad, var):
        rate, beta1, beta2, epsilon = self._parts(var)
        m, v = self._slot(var, "m"), self._slot(var, "v")
        m.assign_add((grad - m) * (1 - beta1))
        v.assign_add((grad * grad - v) * (1 - beta2))
        var.assign_sub(rate * m / (get("Sqrt")(v) + epsilon))

    def _apply_sparse(self, grad, indices, var):
        rate, beta1, beta2, epsilon = self._parts(var)
        m, v = self._slot(var, "m"), self._slot(var, "v")
        m.assign(m * beta1)
        m.scatter_add(IndexedSlices(grad * (1 - beta1), indices))
        v.assign(v * beta2)
        v.scatter_add(IndexedSlices(grad * grad * (1 - beta2), indices))
        var.assign_sub(rate * m / (get("Sqrt")(v) + epsilon))

    def _finish(self):
        for i, beta in ((1, self._beta1), (2, self._beta2)):
            power = self._lookup_dependency(f"beta{i}_power")
            power.assign(power * self._number(beta, power))
