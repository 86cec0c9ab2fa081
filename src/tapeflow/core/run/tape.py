"""`tf.GradientTape`: remembers the ops that touch what it watches, and plays them back through their gradient rules.

The rules are made of ops, so a tape that is still open while another
one plays back records that too: tapes nest to any order.
"""

import sys
import threading
from enum import Enum

from tapeflow.core.base import nest
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.mode import current, mode
from tapeflow.core.base.source import user_frame
from tapeflow.core.ops.compose.constant import constant
from tapeflow.core.ops.defs.array import zeros_like
from tapeflow.core.ops.defs.state import read_variable
from tapeflow.core.ops.hooks import hooks
from tapeflow.core.run.backward import IDS, INPUTS, OP, OUT_IDS, PLACE, backward
from tapeflow.core.run.composite_gradient import HasComposites, components, replaced
from tapeflow.core.run.explain import Break, Step, explain
from tapeflow.core.run.jacobian import batch_jacobian, jacobian
from tapeflow.core.run.picture import plot
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor, TensorLike, observers
from tapeflow.core.values.variable import Variable


class UnconnectedGradients(Enum):
    """What the gradient is with respect to a source that the target does not depend on."""

    NONE = "none"
    ZERO = "zero"


class _Stack(threading.local):
    """The thread's open recorders, outermost first: tapes and forward accumulators."""

    def __init__(self):
        self.recorders = []


stack = _Stack()


def record(op, inputs, attrs, outputs):
    """Shows one executed op to the thread's recorders.

    Outermost first: what an accumulator computes at once with the op's outputs, those around it have to know already.
    """
    recorders = stack.recorders
    if len(recorders) == 1:
        recorders[0].note(op, inputs, attrs, outputs)
    else:
        for recorder in list(recorders):
            recorder.note(op, inputs, attrs, outputs)


def on_read(variable, value):
    """Shows the reading of a variable to the thread's recorders."""
    for recorder in reversed(stack.recorders):
        recorder.note_read(variable, value)


def on_assign(variable, value):
    """Shows an assignment to the thread's tapes: a gradient ends there."""
    for recorder in stack.recorders:
        if isinstance(recorder, GradientTape):
            recorder.note_loss("assign", variable.name.removesuffix(":0"), value)


def on_numpy(tensor):
    """Shows a value that leaves for NumPy or Python to the thread's tapes."""
    for recorder in stack.recorders:
        if isinstance(recorder, GradientTape):
            recorder.note_loss("numpy", "numpy", tensor)


def push(recorder):
    """Opens a recorder in this thread."""
    stack.recorders.append(recorder)
    mode.special += 1
    if not observers:
        observers.append(on_numpy)


def pop(recorder):
    """Closes a recorder of this thread."""
    stack.recorders.remove(recorder)
    mode.special -= 1
    if not mode.special:
        observers.clear()


def extended(before, fresh):
    """Tells the thread's tapes that an op in a graph has got more outputs: what its gradient turned out to need.

    Args:
        before: The outputs that it had.
        fresh: The new ones.
    """
    for recorder in stack.recorders:
        if isinstance(recorder, GradientTape) and recorder.watches(before):
            recorder._watched.update(map(id, fresh))


hooks.record = record
mode.on_read = on_read
mode.on_assign = on_assign


def ids_of(inputs):
    """The ids of an op's input tensors, lists opened."""
    ids = []
    for one in inputs:
        if type(one) is tuple:
            ids.extend(map(id, one))
        else:
            ids.append(id(one))
    return ids


class GradientTape:
    """Records operations for automatic differentiation.

    Args:
        persistent: Whether `gradient` may be called more than once.
        watch_accessed_variables: Whether trainable variables are watched when they are read.

    >>> x = tf.constant(3.0)
    >>> with tf.GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = x * x
    >>> tape.gradient(y, x)
    <tf.Tensor: shape=(), dtype=float32, numpy=6.0>
    """

    at_once = False  # gradients are computed afterwards, from what was recorded
    _recording = _used = _freed_whole = False
    _trail = None

    def __init__(self, persistent=False, watch_accessed_variables=True):
        self._persistent = persistent
        self._watch_accessed_variables = watch_accessed_variables
        self._start()

    def _start(self):
        self._entries = []
        # Ids of everything that a gradient can flow through; entries and `_sources` keep the objects alive.
        self._watched = set()
        self._sources = []
        self._variables = {}
        # Reading a variable costs no entry: what was read goes by its variable's id. id(value) -> id(handle).
        self._reads = {}
        self._read_values = []
        # For `explain`: where a gradient was lost, and, once the tape is freed, the entries without their tensors.
        self._breaks = []
        if self._trail is not None:
            self._trail, self._freed_whole = None, False

    def __enter__(self):
        if self._recording:
            raise ValueError("Tape is still recording, This can happen if you try to re-enter an already-active tape.")
        if not self._persistent and self._used:  # entered again before that, a tape goes on
            self._start()
            self._used = False
        self._open()
        return self

    def __exit__(self, typ, value, traceback):
        if self._recording:
            self._close()

    def __del__(self):
        # A tape dropped while open must not leave every op of the process on the slow path.
        if self._recording and self in stack.recorders:
            self._close()

    def _open(self):
        push(self)
        self._recording = True

    def _close(self):
        pop(self)
        self._recording = False

    # -- recording -----------------------------------------------------------------------------------

    def note(self, op, inputs, attrs, outputs):
        """Keeps the call if it touches something watched and can pass a gradient on."""
        ids = ids_of(inputs) if op.has_lists else [*map(id, inputs)]
        aliases = self._reads
        if aliases:
            ids = [*map(aliases.get, ids, ids)]
        watched = self._watched
        if watched.isdisjoint(ids):
            return
        out_ids = [id(y) for y in outputs if y._dtype.is_differentiable]
        if op.grad is None or not out_ids:
            kind = "op" if op.grad is None else "dtype"
            detail = ", ".join(dict.fromkeys(y.dtype.name for y in outputs))
            self._breaks.append(Break(kind, op.op_name, tuple(ids), detail, user_frame()))
            return
        watched.update(out_ids)
        # The frames in between are ours: `record`, and what asked it to.
        self._entries.append((op, inputs, attrs, outputs, user_frame(sys._getframe(3)), ids, out_ids))

    def watches(self, tensors):
        """Whether the tape follows one of some tensors."""
        reads, watched = self._reads, self._watched
        return any(reads.get(id(x), id(x)) in watched for x in tensors)

    def note_read(self, variable, value):
        """Watches a trainable variable that is read, and knows the value by it."""
        handle = id(variable.handle)
        if handle not in self._watched:
            if not (self._watch_accessed_variables and variable.trainable):
                return
            self._watch_variable(variable)
        self._reads[id(value)] = handle
        self._read_values.append((variable, value))

    def note_loss(self, kind, name, tensor):
        """Notes that a watched value went where gradients do not go."""
        key = self._reads.get(id(tensor), id(tensor))
        if key in self._watched:
            self._breaks.append(Break(kind, name, (key,), "", user_frame()))

    def _entries_for(self, targets, sources):
        """The entries to play back. One by one with the readings, if what was read is itself a target or source."""
        reads = self._reads
        if not reads or reads.keys().isdisjoint([id(t) for t in (*targets, *sources)]):
            return self._entries
        return self._raw_entries()

    def _known(self):
        """The ids of everything that the tape watches, what was read from variables included."""
        return self._watched.union(self._reads) if self._reads else self._watched

    def _raw_entries(self):
        """The entries with one for each reading of a variable, first since readings depend on nothing recorded."""
        readings = [
            (read_variable, (v.handle,), {"dtype": x.dtype}, (x,), None, [id(v.handle)], [id(x)])
            for v, x in self._read_values
        ]
        return readings + [(*entry[:IDS], ids_of(entry[INPUTS]), entry[OUT_IDS]) for entry in self._entries]

    def _watch_variable(self, variable):
        handle = variable.handle
        self._watched.add(id(handle))
        self._variables.setdefault(id(handle), variable)

    def watch(self, tensor):
        """Makes the tape follow `tensor`: a tensor, or a nested structure of them."""
        for one in nest.flatten(tensor, expand_composites=True):
            if isinstance(one, TensorLike) and not isinstance(one, Tensor):
                self._watch_variable(one)
                continue
            if not isinstance(one, Tensor):
                raise ValueError(
                    f"Passed in object {one} of type {type(one).__name__!r}, not tf.Tensor or tf.Variable."
                )
            if one.dtype.is_differentiable:
                self._watched.add(id(one))
                self._sources.append(one)

    def stop_recording(self):
        """Pauses recording inside a `with` block."""
        return _Paused(self)

    def reset(self):
        """Forgets everything recorded so far, as if the tape had just been entered.

        Raises:
            ValueError: The tape is not open.
        """
        if not self._recording:
            raise ValueError("Tape is not recording.")
        self._start()

    def watched_variables(self):
        """Returns the variables that are watched, in the order of their making."""
        return tuple(sorted(self._variables.values(), key=lambda v: v._storage.number))

    # -- playing back --------------------------------------------------------------------------------

    def gradient(self, target, sources, output_gradients=None, unconnected_gradients=UnconnectedGradients.NONE):
        """Computes the gradient of `target` with respect to `sources`.

        Args:
            target: Tensor or structure of tensors to differentiate; several targets add up.
            sources: Tensor, variable or structure of them.
            output_gradients: A gradient for each element of target; ones by default.
            unconnected_gradients: What an unconnected source gets: None, or zeros.

        Returns:
            The structure of `sources`, of tensors, `IndexedSlices` or None.

        Raises:
            RuntimeError: The tape is not persistent and was used already, or is used inside its own context after it
                was used.
            TypeError: `target` holds something that is not a tensor.
            ValueError: `unconnected_gradients` is unknown.
        """
        if self._used:
            raise RuntimeError(
                "A non-persistent GradientTape can only be used to compute one set of gradients (or jacobians)"
            )
        if type(unconnected_gradients) is not UnconnectedGradients:
            unconnected_gradients = UnconnectedGradients(unconnected_gradients)
        flat_sources = leaves(sources)
        try:
            flat_targets = [self._target(t) for t in leaves(target)]
            handles = [self._source(s) for s in flat_sources]
        except HasComposites:
            return self._gradient_of_composites(target, sources, output_gradients, unconnected_gradients)
        seeds = None
        if output_gradients is not None:
            seeds = [
                None if g is None else _seed(g, t) for g, t in zip(leaves(output_gradients), flat_targets, strict=True)
            ]
        if self._recording and not self._persistent:
            self._close()
        results = backward(self._entries_for(flat_targets, handles), flat_targets, handles, seeds, self._known())
        if unconnected_gradients is UnconnectedGradients.ZERO:
            results = [_zeros_for(s) if g is None else g for g, s in zip(results, flat_sources, strict=True)]
        self._finish(lost=any(g is None for g in results))  # `in` would compare tensors
        return results[0] if isinstance(sources, TensorLike) else nest.pack_sequence_as(sources, results)

    def jacobian(
        self, target, sources, unconnected_gradients=UnconnectedGradients.NONE, parallel_iterations=None,
        experimental_use_pfor=True,
    ):  # fmt: skip
        """Computes the Jacobian of `target` with respect to `sources`.

        Args:
            target: Tensor to differentiate.
            sources: Tensor, variable or structure of them.
            unconnected_gradients: What an unconnected source gets: None, or zeros.
            parallel_iterations, experimental_use_pfor: Accepted; all rows are computed at once.

        Returns:
            The structure of `sources`, of tensors of shape target.shape + source.shape, or None.

        Raises:
            RuntimeError: The tape is not persistent and was used already.
            ValueError: `unconnected_gradients` is unknown.
        """
        self._check_rows_one_by_one("jacobian", experimental_use_pfor)
        unconnected, target, flat_sources = self._playback(target, sources, unconnected_gradients)
        handles = [self._source(s) for s in flat_sources]
        results = jacobian(self._entries_for([target], handles), target, handles, bool(stack.recorders))
        if unconnected is UnconnectedGradients.ZERO:
            shape = target.shape.as_list()
            results = [
                constant(0, s.dtype, shape + s.shape.as_list()) if r is None else r
                for r, s in zip(results, flat_sources, strict=True)
            ]
        self._finish(lost=any(g is None for g in results))  # `in` would compare tensors
        return results[0] if isinstance(sources, TensorLike) else nest.pack_sequence_as(sources, results)

    def batch_jacobian(
        self, target, source, unconnected_gradients=UnconnectedGradients.NONE, parallel_iterations=None,
        experimental_use_pfor=True,
    ):  # fmt: skip
        """Computes the Jacobian of each example of a batch.

        Args:
            target: Tensor of shape [b, ...], whose example `i` depends on example `i` of `source` only.
            source: Tensor of shape [b, ...].
            unconnected_gradients: What an unconnected source gets: None, or zeros.
            parallel_iterations, experimental_use_pfor: Accepted; all rows are computed at once.

        Returns:
            A tensor of shape [b, *target.shape[1:], *source.shape[1:]], or None.

        Raises:
            RuntimeError: The tape is not persistent and was used already.
            ValueError: The first dimensions differ, or a shape has none.
        """
        self._check_rows_one_by_one("batch_jacobian", experimental_use_pfor)
        _, target, (source,) = self._playback(target, source, unconnected_gradients)
        if target.shape.rank < 2 or source.shape.rank < 2 or target.shape[0] != source.shape[0]:
            raise ValueError(
                f"Need first dimension of target shape ({target.shape}) and source shape ({source.shape}) to match, "
                "and both to be at least of rank 2."
            )
        handle = self._source(source)
        result = batch_jacobian(self._entries_for([target], [handle]), target, handle, bool(stack.recorders))
        if result is None:  # TensorFlow gives zeros here, whatever `unconnected_gradients` says
            result = constant(0, source.dtype, target.shape.as_list() + source.shape.as_list()[1:])
        self._finish(lost=result is None)
        return result

    def _check_rows_one_by_one(self, name, use_pfor):
        # All rows are computed at once here, but programs that TensorFlow refuses shall not come to rely on it.
        if not (self._persistent or use_pfor) and current.graph is None:
            raise RuntimeError(
                f"GradientTape must be created with persistent=True to compute the {name} with eager execution enabled "
                "and with experimental_use_pfor set to False."
            )

    def _playback(self, target, sources, unconnected_gradients):
        """Checks a call that plays back: the rule for unconnected sources, the target, the sources."""
        if self._used:
            raise RuntimeError(
                "A non-persistent GradientTape can only be used to compute one set of gradients (or jacobians)"
            )
        unconnected = UnconnectedGradients(unconnected_gradients)
        if self._recording and not self._persistent:
            self._close()
        return unconnected, self._target(target), leaves(sources)

    def _finish(self, lost):
        """Frees what was recorded, unless the tape is persistent; `lost` says whether a gradient is None."""
        if not self._persistent:
            self._used = True
            self._trail = self._steps() if lost else []
            self._freed_whole = not lost
            self._entries = []
            self._sources = []
            self._read_values = []

    # -- looking -------------------------------------------------------------------------------------

    def _steps(self):
        """The recorded ops without their tensors."""
        if self._trail is not None:
            return self._trail
        return [
            Step(entry[OP].op_name, tuple(entry[IDS]), tuple(entry[OUT_IDS]), entry[PLACE]) for entry in self._entries
        ]

    def explain(self, target, source):
        """Says in words why the gradient of `target` with respect to `source` is None. TapeFlow's own.

        May be called before or after `gradient`, on any tape.

        Args:
            target: The tensor that was differentiated.
            source: Tensor or variable.

        Returns:
            An `Explanation`: prints as text; `reason` is a short word for it, `lines` are the user's lines it names.

        >>> x = tf.constant(2.0)
        >>> with tf.GradientTape() as tape:
        ...     y = x * x
        >>> tape.explain(y, x).reason
        'not watched'
        """
        return explain(self, convert(target), source, sys._getframe(1))

    def plot(self, target=None, *, gradients=True):
        """Draws the recorded computation, with values and gradients on it. TapeFlow's own.

        Args:
            target: Tensor or list of tensors to draw up to; the last recorded output by default.
            gradients: Whether to show the gradients of the target.

        Returns:
            A picture that notebooks show; `save(path)` writes it as SVG.

        Raises:
            ValueError: Nothing is recorded: plot before `gradient` frees the tape, or make it persistent.
        """
        targets = [] if target is None else [self._target(t) for t in leaves(target)]
        frame = sys._getframe(1)
        with Apart():
            readings = {id(value): variable.handle for variable, value in self._read_values}
            return plot(self._entries, readings, targets, self._variables, self._sources, frame, gradients)

    def _gradient_of_composites(self, target, sources, output_gradients, unconnected_gradients):
        """The same where targets or sources are composites, such as ragged tensors."""
        flat = nest.flatten(sources)
        parts = [components(one) for one in flat]
        targets = nest.map_structure(components, target)
        if output_gradients is not None:
            output_gradients = nest.flatten(nest.map_structure(components, output_gradients))
        found = self.gradient(nest.flatten(targets), parts, output_gradients, unconnected_gradients)
        return nest.pack_sequence_as(sources, [replaced(one, g) for one, g in zip(flat, found, strict=True)])

    def _target(self, target):
        if isinstance(target, TensorLike) and not isinstance(target, (Tensor, Variable)):
            target = target.value  # a Keras variable: the tf.Variable that it holds, or a tensor cast from it
        if isinstance(target, Variable):
            value = target._read()
            self.note_read(target, value)
            return value
        if not isinstance(target, Tensor):
            if isinstance(target, CompositeTensor):
                raise HasComposites
            raise TypeError(f"Target of a gradient must be a tensor, got {type(target).__name__}: {target!r}")
        return target

    def _source(self, one):
        if isinstance(one, TensorLike) and not isinstance(one, Tensor):
            return one.handle
        if not isinstance(one, Tensor):
            if isinstance(one, CompositeTensor):
                raise HasComposites
            raise TypeError(f"Source of a gradient must be a tensor or a variable, got {type(one).__name__}: {one!r}")
        return one


class Apart:
    """The context in which this thread's recorders see nothing."""

    def __enter__(self):
        self._recorders = stack.recorders
        stack.recorders = []

    def __exit__(self, *_):
        stack.recorders = self._recorders


class _Paused:
    """The context in which a tape does not record."""

    def __init__(self, tape):
        self._tape = tape

    def __enter__(self):
        if not self._tape._recording:
            raise RuntimeError("Trying to stop recording a tape which is not recording.")
        self._tape._close()

    def __exit__(self, *_):
        self._tape._open()


def _seed(gradient, target):
    """An output gradient, of its target's dtype and shape."""
    gradient = convert(gradient, hint=target.dtype)
    if gradient.shape.as_list() != target.shape.as_list():
        raise InvalidArgumentError(
            f"output_gradients: shape {gradient.shape} does not fit its target's, {target.shape}",
            got={"output_gradients": gradient, "target": target},
        )
    return gradient


def leaves(structure):
    """The tensors of a nested structure; the usual cases, one tensor and a flat list, without the general walk."""
    if isinstance(structure, TensorLike):
        return [structure]
    return nest.flatten(structure)


def _zeros_for(one):
    return zeros_like(convert(one))
