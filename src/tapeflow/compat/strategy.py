"""What Keras asks of distribution strategies past `tf.distribute`."""


def maybe_merge_call(fn, strategy, *args, **kwargs):
    """Calls `fn(strategy, *args, **kwargs)`, in the cross-replica context where the strategy needs it.

    Args:
        fn: The function.
        strategy: The `tf.distribute.Strategy`.
        *args, **kwargs: Its arguments.
    """
    if strategy_supports_no_merge_call():
        return fn(strategy, *args, **kwargs)
    from tapeflow.distribute import get_replica_context  # lazy: with it comes all of tf.distribute

    return get_replica_context().merge_call(fn, args=args, kwargs=kwargs)


def strategy_supports_no_merge_call():
    """Returns whether variables may be updated in a replica's context: yes, unless there are several replicas."""
    from tapeflow.distribute import get_strategy  # lazy: with it comes all of tf.distribute

    return not getattr(get_strategy().extended, "_use_merge_call", lambda: False)()


def compute_batch_size(dataset):
    """Returns the number of elements in the dataset's batches, an int64 scalar; -1 if it varies or is not known."""
    import tapeflow as tf  # the front door loads what it is asked for
    from tapeflow.core.data.batch_sizes import first_size

    return tf.constant(first_size(dataset), tf.int64)
