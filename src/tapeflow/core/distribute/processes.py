"""The processes of a cluster: how they start together, talk outside sharded programs, and end when one dies."""

import atexit
import os
import sys
import threading
import time

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.settings import settings
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.compile import collective
from tapeflow.core.distribute.lifeline import Lifeline, WorkerLostError, free_port
from tapeflow.core.engines.mesh import SAME, SPLIT, Program, Team
from tapeflow.core.ops.lowering import lax
from tapeflow.core.ops.op import Op
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor

# How a process ends that must be started again because another one died: EX_TEMPFAIL of sysexits.h.
WORKER_LOST = 75
# How long the main thread may go on after a death before the process is ended.
_GRACE = 5.0


class Cluster:
    """The processes that run together.

    Attributes:
        count: How many.
        number: Which of them this one is.
        lifeline: Their connections.
    """

    def __init__(self, names, addresses, number, timeout):
        self.count, self.number = len(addresses), number
        self.timeout = timeout
        self.lifeline = Lifeline(names, addresses, number, timeout)
        self._programs = {}
        self._is_noticed = False
        self._hook = sys.excepthook
        sys.excepthook = self._note_error

    def start(self):
        """Meets the others and starts the runtime of all."""
        if settings.started:
            raise RuntimeError(
                "MultiWorkerMirroredStrategy must be made at program startup, before anything was compiled: the "
                "runtime has started as that of one process alone"
            )
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # of the runtime's messages, errors only
        port = self.lifeline.meet(lambda: int(os.environ.get("TAPEFLOW_COORDINATOR_PORT", 0)) or free_port())
        host = self.lifeline.addresses[0].rpartition(":")[0]
        from tapeflow.core.engines import xla  # lazy: loads jax

        # Or a SIGTERM would be taken note of and end nothing.
        xla.jax.config.update("jax_enable_preemption_service", False)
        # Or the runtime would abort this process when another one dies, before it can be said which.
        xla.jax.config.update("jax_enable_recoverability", True)
        xla.jax.distributed.initialize(
            coordinator_address=f"{host}:{port}",
            num_processes=self.count,
            process_id=self.number,
            initialization_timeout=int(max(self.timeout, 1)),
            # Deaths are heard of by the lifeline, which names them; the runtime's own alarm would just abort.
            heartbeat_timeout_seconds=int(max(10 * self.timeout, 100)),
        )
        self._team = Team([f"process:{self.number}"], self.count, self.number)
        self._team._devices = self._one_each
        atexit.register(self._at_exit)
        threading.Thread(target=self._stand_by, daemon=True, name="tapeflow-stand-by").start()

    def _one_each(self):
        from tapeflow.core.engines import xla

        firsts = {}
        for device in sorted(xla.jax.devices(), key=lambda d: (d.process_index, d.id)):
            firsts.setdefault(device.process_index, device)
        return [firsts[i] for i in range(self.count)]

    # -- ending --------------------------------------------------------------------------------------

    def _note_error(self, kind, error, traceback):
        """Ends the process with a code of its own if an error about a lost worker was not caught."""
        self._hook(kind, error, traceback)
        if isinstance(error, WorkerLostError) or self.lifeline.dead:
            self._end(WORKER_LOST)

    def _at_exit(self):
        if self.lifeline.dead:
            self._end(0)
        # Worker 0 goes last: the runtime of the others would abort without its coordinator.
        self.lifeline.linger(self.timeout)
        from tapeflow.core.engines import xla

        xla.jax.distributed.shutdown()
        self.lifeline.close()

    def _end(self, code):
        """Ends the process at once: the runtime would wait for the dead at its last barrier."""
        sys.stdout.flush()
        sys.stderr.flush()
        self.lifeline.linger(_GRACE)
        os._exit(code)

    def _stand_by(self):
        """Ends the process if the main thread does not notice a death: it may wait for the dead forever."""
        self.lifeline.changed.wait()
        # Without worker 0, which coordinates, the runtime aborts the process in a moment.
        if 0 not in self.lifeline.dead:
            time.sleep(_GRACE)
            if self._is_noticed:
                return  # the program has caught the error and does what it wants
        print(f"tapeflow: {self.lifeline.said_dead()}; exit code {WORKER_LOST}", file=sys.stderr, flush=True)
        self._end(WORKER_LOST)

    def lost(self, error):
        """The error that names the dead, for one that a collective ended with; or the error itself."""
        deadline = time.monotonic() + 2.0
        while not self.lifeline.dead and not self.lifeline.gone and time.monotonic() < deadline:
            self.lifeline.changed.wait(0.05)
        if not self.lifeline.dead and not self.lifeline.gone:
            return error
        self._is_noticed = True
        return WorkerLostError(
            f"{self.lifeline.said_dead()}",
            hint="start all workers again: tf.keras.callbacks.BackupAndRestore or a tf.train.Checkpoint goes on from "
            "the last checkpoint",
        )

    # -- talking outside sharded programs ------------------------------------------------------------

    def call(self, key, function, tensor, kind=SAME):
        """A collective of one tensor a process; the result, alike in all."""
        host = np.asarray(tensor.host)
        is_bool = host.dtype == bool
        if is_bool:
            host = host.astype(np.uint8)
        program = self._programs.get((key, host.shape, host.dtype))
        if program is None:
            program = Program(lambda x: (function(x),), self._team, [SPLIT], [kind], [host.ndim])
            self._programs[key, host.shape, host.dtype] = program
        given = EagerTensor(host, tensor.dtype)
        (found,) = self.guarded(lambda: program([[given]], [tensor.dtype]))
        array = np.asarray(self.guarded(lambda: found.host))
        return EagerTensor(array.astype(bool) if is_bool else array, tensor.dtype)

    def guarded(self, function):
        """Calls a function; if it fails because a process died, the error says which."""
        try:
            return function()
        except (ValueError, RuntimeError) as error:  # what the runtime raises is one of these, by its version
            found = self.lost(error)
            if found is error:
                raise
            raise found from error

    def sum(self, tensor):
        """The sum of a tensor over all processes."""
        return self.call("sum", lambda x: lax.psum(x, "replica"), tensor)

    def stack(self, tensor):
        """The tensors of all processes, one after another along a new first axis; all of one shape."""
        return self.call("stack", lambda x: lax.all_gather(x, "replica"), tensor)

    def first(self, tensor):
        """Process 0's tensor; all of one shape."""
        # As bytes in powers of two, so that few programs serve all shapes.
        host = np.asarray(tensor.host)
        flat = np.ascontiguousarray(host.reshape(-1)).view(np.uint8)
        size = 1 << max(int(flat.size - 1).bit_length(), 6)
        padded = np.zeros(size, np.uint8)
        padded[: flat.size] = flat
        if self.number:
            padded[:] = 0
        result = self.call("first", lambda x: lax.psum(x, "replica"), EagerTensor(padded, dtypes.uint8))
        data = np.asarray(result.host)[: flat.size].view(host.dtype).reshape(host.shape)
        return EagerTensor(data, tensor.dtype)

    def gather(self, tensor, axis):
        """The tensors of all processes joined along an axis, in which alone their shapes may differ."""
        host = np.asarray(tensor.host)
        axis %= host.ndim
        sizes = np.asarray(self.stack(EagerTensor(np.int32(host.shape[axis]), dtypes.int32)).host)
        most = int(sizes.max())
        padding = [(0, most - host.shape[axis] if i == axis else 0) for i in range(host.ndim)]
        every = np.asarray(self.stack(EagerTensor(np.pad(host, padding), tensor.dtype)).host)
        parts = [np.take(one, range(int(n)), axis=axis) for one, n in zip(every, sizes, strict=True)]
        return EagerTensor(np.concatenate(parts, axis), tensor.dtype)

    def agree(self, number):
        """Whether all processes say the same number, an int32."""
        every = np.asarray(self.stack(EagerTensor(np.int32(number), dtypes.int32)).host)
        return bool((every == every[0]).all())

    def barrier(self):
        """Waits for all processes."""
        self.agree(0)


_running: list[Cluster] = []


def running():
    """The cluster that this process belongs to, None if it is alone."""
    return _running[0] if _running else None


def start(names, addresses, number, timeout):
    """Joins a cluster, once a process."""
    found = running()
    if found is not None:
        if found.lifeline.addresses != addresses or found.number != number:
            raise RuntimeError("this process belongs to another cluster already")
        return found
    cluster = Cluster(names, addresses, number, timeout)
    cluster.start()
    _running.append(cluster)
    return cluster


# -- as steps of graphs ------------------------------------------------------------------------------


def _step(op_name, call):
    record = Op(
        op_name, "x: T, *, axis: int -> y: T", {"T": "any"}, kernel=None, lower=None, grad=None, jvp=None, shape=None,
        samples=None, stateful=True, reentrant=True, elementwise=False,
    )  # fmt: skip
    record.on_tensors = lambda node, inputs: [call(running(), inputs[0], node.attrs["axis"])]
    record.host_reason = lambda node, known: "it waits for other processes"
    return record


_sum_step = _step("ProcessSum", lambda cluster, x, axis: cluster.sum(x))
_gather_step = _step("ProcessGather", lambda cluster, x, axis: cluster.gather(x, axis))
_first_step = _step("ProcessFirst", lambda cluster, x, axis: cluster.first(x))


def _run(step, x, axis, shape):
    from tapeflow.core.base.mode import current

    x = convert(x)
    if current.graph is None:
        cluster = running()
        if step is _sum_step:
            return cluster.sum(x)
        return cluster.gather(x, axis) if step is _gather_step else cluster.first(x)
    return current.graph.add(step, (x,), {"axis": axis}, [(x.dtype, TensorShape(shape))])[0]


def total(x):
    """The sum of a tensor over all processes."""
    return _run(_sum_step, x, 0, convert(x).shape)


def joined(x, axis):
    """The tensors of all processes joined along an axis."""
    shape = convert(x).shape
    sizes = None if shape.rank is None else shape.as_list()
    if sizes is not None:
        sizes[axis] = None
    return _run(_gather_step, x, axis, sizes)


def of_first(x):
    """Process 0's tensor."""
    return _run(_first_step, x, 0, convert(x).shape)


def _parts(parts, team, axis):
    from tapeflow.core.ops.compose import joining

    return [joined(joining.concat(parts, axis) if len(parts) > 1 else parts[0], axis)]


collective.plug(lambda x, team, shape: total(x), _parts, lambda x, team: of_first(x))
