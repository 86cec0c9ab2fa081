"""Callbacks beside the next steps: `fit` does not wait for the numbers of a step before it begins the next one.

On other backends Keras calls callbacks that allow it in a thread, where they wait for a step's loss and metrics while
the next step is on its way; on TensorFlow it does not, for TensorFlow's sake. TapeFlow's tensors may be read in any
thread. Callbacks that define `on_train_batch_end` and the like are called in their turn, as ever; the others see the
steps in their order, and are a few of them late at most. The functions here are put in place when Keras's module is
loaded (`install.KerasFinder`); Keras's file stays as it is.
"""

from concurrent.futures import ThreadPoolExecutor

# Steps that are begun before the numbers of an earlier one are there: after Ctrl-C they are still finished.
_AHEAD = 4
# For fewer batches than these, a prediction starts no thread: it would take longer than they do.
_FEW_BATCHES = 4


def complete_callback_list(module):
    """Lets callbacks run beside steps: for the module `keras.src.callbacks.callback_list`.

    Args:
        module: The module.
    """
    if module.backend.backend() != "tensorflow":
        return
    module.backend.IS_THREAD_SAFE = True
    kind = module.CallbackList
    begin, begin_predict, dispatch = kind._on_begin, kind.on_predict_begin, kind._async_dispatch

    def on_begin(callbacks):
        if callbacks._executor is None and (
            callbacks._async_train or callbacks._async_test or callbacks._async_predict
        ):
            callbacks._executor = ThreadPoolExecutor(1, "keras_callbacks")  # one: the order of steps is kept
        begin(callbacks)

    def on_predict_begin(callbacks, logs=None):
        batches = (callbacks.params or {}).get("steps")
        if batches is not None and batches < _FEW_BATCHES:
            callbacks._async_predict = False
        begin_predict(callbacks, logs)

    def async_dispatch(callbacks, function, *args):
        if len(callbacks._futures) >= _AHEAD:
            callbacks._futures[0].result()
        dispatch(callbacks, function, *args)

    kind._on_begin, kind.on_predict_begin, kind._async_dispatch = on_begin, on_predict_begin, async_dispatch
