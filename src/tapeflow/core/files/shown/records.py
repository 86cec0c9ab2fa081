"""TFRecord files, described: how many records, how long, and what the Examples among the first ones hold."""

import math

from tapeflow.core.base import local_files
from tapeflow.core.base.errors import DataLossError
from tapeflow.core.base.messages import message
from tapeflow.core.base.record_file import records
from tapeflow.core.files.shown.description import Description, size_text

_LOOKED_AT = 1000  # records whose content is looked at
_FEATURES = 2000  # names of features that are counted
_MOST_BYTES, _MOST_UNPACKED = 1 << 36, 1 << 32  # of records that are counted
_HEAD = 12


def compression(path):
    """`""`, `"GZIP"` or `"ZLIB"` if the file is one of records; None if it is not."""
    with local_files.told(path), local_files.opened(path, "rb") as file:
        first = file.read(2)
    kinds = ("GZIP",) if first == b"\x1f\x8b" else ("ZLIB", "") if first[:1] == b"\x78" else ("",)
    for kind in kinds:
        try:
            if next(records(path, kind), None) is not None:
                return kind
        except DataLossError:
            continue
    return None


class _Feature:
    """What is known of a feature: in how many Examples it is, of which kind, how many values, and in what range."""

    def __init__(self):
        self.count, self.kinds, self.lengths, self.range = 0, set(), [math.inf, 0], [math.inf, -math.inf]
        self.sizes = [math.inf, 0]

    def add(self, feature):
        """Takes in one Example's values."""
        kind = feature.WhichOneof("kind")
        values = getattr(feature, kind).value if kind else ()
        self.count += 1
        self.kinds.add(kind.removesuffix("_list") if kind else "empty")
        _widen(self.lengths, (len(values),))
        if kind == "bytes_list":
            _widen(self.sizes, map(len, values))
        elif kind:
            _widen(self.range, values)

    def text(self, total):
        """Everything in a line."""
        parts = [" or ".join(sorted(self.kinds)), _span(self.lengths, "value")]
        if self.range[0] <= self.range[1]:
            parts.append(f"from {self.range[0]:.6g} to {self.range[1]:.6g}")
        if self.sizes[0] <= self.sizes[1]:
            parts.append(f"{_span(self.sizes, 'byte')} each")
        if self.count < total:
            parts.append(f"in {self.count} of {total}")
        return ", ".join(parts)


def _widen(span, values):
    for value in values:
        if value < span[0]:
            span[0] = value
        if value > span[1]:
            span[1] = value


def _span(span, word):
    low, high = span
    return f"{low} {word}{'s' * (low != 1)}" if low == high else f"{low} to {high} {word}s"


def record_file(path, kind):
    """The description of a record file.

    Args:
        path: The file.
        kind: Its compression.
    """
    from google.protobuf.message import DecodeError  # lazy: protobuf is slow to import

    example, sequence = message("Example"), message("SequenceExample")
    features, counted, examples = {}, [0, 0, math.inf, 0], [0, 0]
    damage, limit = None, _MOST_UNPACKED if kind else _MOST_BYTES
    try:
        for record in records(path, kind):
            counted[0] += 1
            counted[1] += len(record)
            counted[2], counted[3] = min(counted[2], len(record)), max(counted[3], len(record))
            if counted[0] <= _LOOKED_AT:
                try:
                    found = example.FromString(record).features.feature
                    lists = sequence.FromString(record).feature_lists.feature_list
                except DecodeError:
                    continue
                examples[0] += bool(found)
                examples[1] += bool(lists)
                _note(features, found, lists)
            if counted[1] > limit:
                damage = f"only the first {size_text(counted[1])} were counted"
                break
    except DataLossError as error:
        damage = f"damaged after these: {error.message}"
    count, total, least, most = counted
    facts = [size_text(local_files.size(path)), f"{count:,} records, {size_text(total)} together"]
    if count:
        facts[1] += f"; {size_text(least)} to {size_text(most)} each, {size_text(total / count)} on average"
    facts += [f"compressed with {kind}"] if kind else []
    facts += [damage] if damage else []
    result = Description("TFRecord", path, facts)
    looked = min(count, _LOOKED_AT)
    if features:
        word = "SequenceExamples" if examples[1] else "Examples"
        rows = [f"{name}: {feature.text(examples[0] or examples[1])}" for name, feature in sorted(features.items())]
        result.sections.append((f"features of {max(examples)} {word} among the first {looked} records", rows))
    elif count:
        result.sections.append(("content", [f"the first {looked} records are no Examples"]))
    return result


def _note(features, found, lists):
    for name in found:
        if name in features or len(features) < _FEATURES:
            features.setdefault(name, _Feature()).add(found[name])
    for name in lists:
        key = f"{name} (a list)"
        if key in features or len(features) < _FEATURES:
            for one in lists[name].feature[:_LOOKED_AT]:
                features.setdefault(key, _Feature()).add(one)
