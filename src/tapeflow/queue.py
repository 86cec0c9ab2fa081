"""`tf.queue`: names."""

from tapeflow.core.track.queues import FIFOQueue, PaddingFIFOQueue, PriorityQueue, QueueBase, RandomShuffleQueue
