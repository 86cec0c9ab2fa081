"""Shapes: what parity cases cannot see."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapeflow.core.base.dims import broadcast_shape
from tapeflow.core.base.shapes import TensorShape

SHAPES = st.lists(st.integers(0, 3), max_size=4).map(tuple)


def test_the_fast_way_keeps_no_numpy_integers():
    assert repr(TensorShape.from_static((np.int64(987), None))) == "TensorShape([987, None])"
    assert type(TensorShape.from_static((987, None))[0]) is int


@given(SHAPES, SHAPES)
def test_shapes_broadcast_as_numpys_do(a, b):
    try:
        expected = np.broadcast_shapes(a, b)
    except ValueError:
        with pytest.raises(ValueError, match="Incompatible shapes"):
            broadcast_shape(a, b)
    else:
        assert broadcast_shape(a, b) == expected


@given(SHAPES, SHAPES, st.data())
def test_unknown_sizes_promise_nothing_wrong(a, b, data):
    try:
        known = broadcast_shape(a, b)
    except ValueError:
        return
    hidden = tuple(None if data.draw(st.booleans()) else size for size in a)
    assert TensorShape(known).is_subtype_of(TensorShape(broadcast_shape(hidden, b)))


@given(SHAPES, SHAPES)
def test_common_shape_includes_both(a, b):
    a, b = TensorShape(a), TensorShape(b)
    common = a.most_specific_common_supertype([b])
    assert a.is_subtype_of(common) and b.is_subtype_of(common)
