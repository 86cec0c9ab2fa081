"""Reads many `Example` messages at once, in the wire format of protocol buffers, with NumPy.

All messages of a batch are read side by side: one step reads the first entry of every message, the next the second.
Only what writers of examples write is read: packed numbers, one map of features, each key once. Of anything else
`scan` or `Scan.values` says nothing (None), and the caller asks the protobuf runtime.

    Example {1 Features {1* entry {1 key, 2 Feature {1 bytes, 2 floats, 3 int64s: list {1* values}}}}}
"""

import numpy as np

from tapeflow.core.base.byte_strings import packed

_MOST = 1000  # entries of a message
_PAD = 32
KIND_OF = {"string": 0x0A, "float32": 0x12, "int64": 0x1A}


class Scan:
    """Where the features of a batch lie.

    Attributes:
        count: How many messages there are.
    """

    def __init__(self, count, data, joined, entries):
        self.count, self._data, self._joined, self._entries = count, data, joined, entries

    def find(self, key):
        """(rows, kinds, starts, lengths) of the lists under a key, in the order of the rows; None if unclear."""
        wanted = np.frombuffer(key, np.uint8)
        parts = []
        for rows, key_starts, key_lengths, *rest in self._entries:
            fits = np.flatnonzero(key_lengths == len(wanted))
            if len(fits):
                letters = self._data[key_starts[fits][:, None] + np.arange(len(wanted))]
                fits = fits[(letters == wanted).all(axis=1)]
            if len(fits) == len(rows):
                parts.append((rows, *rest))
            elif len(fits):
                parts.append((rows[fits], *(one[fits] for one in rest)))
        if not parts:
            return (np.zeros(0, np.int64),) * 4
        found = parts[0] if len(parts) == 1 else tuple(map(np.concatenate, zip(*parts, strict=True)))
        order = np.argsort(found[0], kind="stable")
        rows = found[0][order]
        if len(rows) > 1 and (rows[1:] == rows[:-1]).any():
            return None
        return rows, *(one[order] for one in found[1:])

    def values(self, key, dtype):
        """The values under a key end to end, how many each message has, and which have the feature; None if unclear.

        A list of another kind than the dtype's is unclear as well.
        """
        found = self.find(key)
        if found is None:
            return None
        rows, kinds, starts, lengths = found
        there = kinds != 0
        if not there.all():
            rows, kinds, starts, lengths = rows[there], kinds[there], starts[there], lengths[there]
        if (kinds != KIND_OF[dtype.name]).any():
            return None
        read = {"string": self._strings, "float32": self._floats, "int64": self._integers}[dtype.name]
        result = read(starts, lengths)
        if result is None:
            return None
        counts, present = np.zeros(self.count, np.int64), np.zeros(self.count, bool)
        counts[rows], present[rows] = result[1], True
        return result[0], counts, present

    def _payload(self, starts, lengths):
        """Where the packed numbers of each list lie; None if one is written otherwise."""
        filled = lengths > 0
        if (self._data[starts[filled]] != 0x0A).any():
            return None
        found = varints(self._data, np.where(filled, starts + 1, 0))
        if found is None:
            return None
        sizes, widths = np.where(filled, found[0], 0), found[1]
        begins = starts + 1 + widths
        if (begins + sizes != starts + lengths)[filled].any():
            return None
        return begins, sizes

    def _bytes_of(self, starts, sizes):
        """The bytes of all pieces, end to end."""
        if len(sizes) and (sizes == sizes[0]).all():
            return self._data[starts[:, None] + np.arange(sizes[0])].ravel()
        ends = np.cumsum(sizes)
        return self._data[np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(starts - (ends - sizes), sizes)]

    def _floats(self, starts, lengths):
        found = self._payload(starts, lengths)
        if found is None or (found[1] % 4).any():
            return None
        return np.ascontiguousarray(self._bytes_of(*found)).view("<f4"), found[1] // 4

    def _integers(self, starts, lengths):
        found = self._payload(starts, lengths)
        if found is None:
            return None
        data, sizes = self._bytes_of(*found), found[1]
        last = data < 0x80
        ends = np.flatnonzero(last)
        splits = np.concatenate([[0], np.cumsum(sizes)])
        if len(data) and not last[splits[1:][sizes > 0] - 1].all():
            return None
        begins = np.concatenate([[0], ends[:-1] + 1]) if len(ends) else ends
        widths = ends - begins + 1
        if len(widths) and widths.max() > 10:
            return None
        values = np.zeros(len(ends), np.uint64)
        for k in range(int(widths.max()) if len(widths) else 0):
            longer = np.flatnonzero(widths > k) if k else slice(None)
            values[longer] |= (data[begins[longer] + k] & np.uint8(0x7F)).astype(np.uint64) << np.uint64(7 * k)
        before = np.concatenate([[0], np.cumsum(last)])
        return values.view(np.int64), np.diff(before[splits])

    def _strings(self, starts, lengths):
        stops, counts = starts + lengths, np.zeros(len(starts), np.int64)
        rows, places = np.flatnonzero(lengths > 0), starts.copy()
        parts = []
        while len(rows):
            if len(parts) > _MOST:
                return None
            found = self._step(places[rows], stops[rows])
            if found is None:
                return None
            begins, sizes = found
            parts.append((rows, begins, sizes))
            counts[rows] += 1
            places[rows] = begins + sizes
            rows = rows[places[rows] < stops[rows]]
        if not parts:
            return np.zeros(0, object), counts
        order = np.argsort(np.concatenate([one[0] for one in parts]), kind="stable")
        begins, sizes = (np.concatenate([one[i] for one in parts])[order] for i in (1, 2))
        joined = self._joined
        pieces = [joined[a:b] for a, b in zip(begins.tolist(), (begins + sizes).tolist(), strict=True)]
        return np.fromiter(pieces, object, len(pieces)), counts

    def _step(self, places, stops):
        return _field(self._data, places, stops, 0x0A)


def varints(data, places):
    """The numbers at the places and how many bytes each takes; None if one is too long."""
    first = data[places]
    values, widths = (first & 0x7F).astype(np.int64), np.ones(len(places), np.int64)
    more, shift = first >= 0x80, 7
    while more.any():
        if shift > 28:
            return None
        part = data[places + shift // 7]
        values |= np.where(more, (part & 0x7F).astype(np.int64) << shift, 0)
        widths += more
        more &= part >= 0x80
        shift += 7
    return values, widths


def _field(data, places, stops, tag):
    """The begins and sizes of fields with this tag; None if one is not there or does not fit."""
    if (data[places] != tag).any():
        return None
    found = varints(data, places + 1)
    if found is None:
        return None
    begins = places + 1 + found[1]
    return None if (begins + found[0] > stops).any() else (begins, found[0])


def scan(texts):
    """Where the features of serialized examples lie; None if they are not written as expected."""
    pack = packed(texts)
    data = np.concatenate([pack.data, np.zeros(_PAD, np.uint8)])
    ends = pack.splits[1:]
    rows = np.flatnonzero(pack.lengths > 0)
    places = pack.splits[:-1].copy()
    found = _field(data, places[rows], ends[rows], 0x0A)
    if found is None or (found[0] + found[1] != ends[rows]).any():
        return None
    places[rows] = found[0]
    entries = []
    rows = rows[found[1] > 0]
    while len(rows):
        if len(entries) > _MOST:
            return None
        entry = _field(data, places[rows], ends[rows], 0x0A)
        if entry is None:
            return None
        stops = entry[0] + entry[1]
        one = _entry(data, rows, entry[0], stops)
        if one is None:
            return None
        entries.append(one)
        places[rows] = stops
        rows = rows[stops < ends[rows]]
    return Scan(len(texts), data, pack.joined, entries)


def _entry(data, rows, places, stops):
    """(rows, key begins, key lengths, kinds, list begins, list lengths) of one map entry of each message."""
    key = _field(data, places, stops, 0x0A)
    if key is None:
        return None
    value = _field(data, key[0] + key[1], stops, 0x12)
    if value is None or (value[0] + value[1] != stops).any():
        return None
    begins, sizes = value
    filled = sizes > 0
    kinds = np.where(filled, data[begins], 0)
    found = varints(data, begins + 1)
    if found is None:
        return None
    lists, lengths = begins + 1 + found[1], np.where(filled, found[0], 0)
    if (lists + lengths != stops)[filled].any():
        return None
    return rows, *key, kinds, lists, lengths
