"""`tensorflow.python.checkpoint.checkpoint`: the objects of a checkpoint, as tests of front ends list them."""

from tapeflow.core.track.object_graph import ObjectGraph, TrackableView


def list_objects(root_trackable):
    """Returns the objects that a checkpoint of an object saves: breadth first, slot variables last."""
    return ObjectGraph(TrackableView(root_trackable)).objects


def gather_initializers(root_trackable):
    """Returns no ops: variables have their values when they are made."""
    return []
