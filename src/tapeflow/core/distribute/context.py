"""Where the thread stands: in no strategy, in a strategy's scope (cross-replica), or inside one of its replicas."""

import threading

from tapeflow.core.base.mode import current


class Standing:
    """One standing of a thread.

    Attributes:
        strategy: The strategy that counts.
        cross: The strategy if the thread is in cross-replica context, else None.
        replica: The `ReplicaContext` if it is inside a replica, else None.
        graph: The graph that was being captured when it was taken up: in another one it does not hold.
    """

    __slots__ = ("cross", "graph", "replica", "strategy")

    def __init__(self, strategy, replica=None):
        self.strategy = strategy
        self.replica = replica
        self.cross = strategy if replica is None else None
        self.graph = current.graph


class _Stack(threading.local):
    def __init__(self):
        self.standings: list[Standing] = []
        self.update_id = None  # number of the replica whose component `extended.update` works on
        self.global_scope = None  # what `experimental_set_strategy` entered


stack = _Stack()


class _Defaults:
    """The default strategy's standing: put here by `default.py`, which is built on this module."""

    standing: Standing


def standing() -> Standing:
    """The standing that holds now."""
    return stack.standings[-1] if stack.standings else _Defaults.standing


def set_default(strategy, replica) -> None:
    """Names what holds outside every scope."""
    _Defaults.standing = Standing(strategy, replica)
    _Defaults.standing.cross = None


class standing_as:
    """Context with another standing."""

    __slots__ = ("_standing",)

    def __init__(self, strategy, replica=None):
        self._standing = Standing(strategy, replica)

    def __enter__(self):
        stack.standings.append(self._standing)
        return self._standing

    def __exit__(self, *_):
        stack.standings.pop()


def get_strategy():
    """Returns the strategy whose scope is open, or the default one, of one replica.

    >>> tf.distribute.get_strategy().num_replicas_in_sync
    1
    """
    return standing().strategy


def has_strategy():
    """Returns whether a strategy's scope is open.

    >>> tf.distribute.has_strategy()
    False
    """
    return standing().strategy is not _Defaults.standing.strategy


def get_replica_context():
    """Returns the replica that the thread is in; None in cross-replica context, the default's outside any scope.

    >>> tf.distribute.get_replica_context().num_replicas_in_sync
    1
    """
    return standing().replica


def in_cross_replica_context():
    """Returns whether the thread is in a strategy's scope but in none of its replicas.

    >>> tf.distribute.in_cross_replica_context()
    False
    """
    return standing().cross is not None


def experimental_set_strategy(strategy):
    """Makes a strategy the current one without a `with` block.

    Args:
        strategy: The strategy, or None for the default one.

    Raises:
        RuntimeError: A scope is open.
    """
    if stack.global_scope is not None:
        stack.global_scope.__exit__(None, None, None)
        stack.global_scope = None
    if has_strategy():
        raise RuntimeError("Must not be called inside a `tf.distribute.Strategy` scope.")
    if strategy is not None:
        scope = strategy.scope()
        scope.__enter__()
        stack.global_scope = scope


# -- demands -----------------------------------------------------------------------------------------


def wrong_scope(strategy):
    """The error for a thread that is in another strategy's scope, or in none."""
    if not has_strategy():
        return RuntimeError(f'Need to be inside "with strategy.scope()" for {strategy}')
    return RuntimeError(f"Mixing different tf.distribute.Strategy objects: {get_strategy()} is not {strategy}")


def require_cross_replica(extended, message=None):
    """Raises RuntimeError unless the thread is in this strategy's cross-replica context or in no scope at all."""
    now = standing()
    if (now.cross is not None and now.cross.extended is extended) or now is _Defaults.standing:
        return
    strategy = extended._container_strategy()
    if now.strategy is not strategy:
        raise wrong_scope(strategy)
    raise RuntimeError(
        message or "Method requires being in cross-replica context, use get_replica_context().merge_call()"
    )


def require_scope(strategy):
    """Raises RuntimeError unless this strategy's scope is open."""
    if standing().strategy is not strategy:
        raise wrong_scope(strategy)


def require_replica(context):
    """Raises RuntimeError unless the thread is inside this very replica."""
    now = standing()
    if now.replica is context:
        return
    if now.replica is None:
        raise RuntimeError("Need to be inside `call_for_each_replica()`")
    if now.strategy is context.strategy:
        raise RuntimeError("Mismatching ReplicaContext.")
    raise RuntimeError(f"Mismatching tf.distribute.Strategy objects: {now.strategy} is not {context.strategy}.")
