"""What Keras uses of `tf.__internal__.distribute`."""

from tapeflow.core.distribute.context import get_replica_context, get_strategy, has_strategy


def strategy_supports_no_merge_call():
    """Returns whether the current strategy updates variables without a merge call."""
    return not has_strategy() or not get_strategy().extended._use_merge_call()


def maybe_merge_call(fn, strategy, *args, **kwargs):
    """Calls `fn` with the strategy: in a merge call if the strategy needs one.

    Args:
        fn: The function.
        strategy: Its first argument.
        *args, **kwargs: Its other arguments.
    """
    if strategy_supports_no_merge_call():
        return fn(strategy, *args, **kwargs)
    return get_replica_context().merge_call(fn, args=args, kwargs=kwargs)
