"""Records of comma-separated values, TensorFlow's dialect: a field is quoted from end to end or not at all."""

import re
from functools import lru_cache
from itertools import repeat

from tapeflow.core.base.errors import InvalidArgumentError


def columns(records, delimiter, use_quotes, selected, count):
    """The fields of all records, a list for each of `count` columns.

    Args:
        records: List of bytes.
        delimiter: One byte.
        use_quotes: Whether `"` has a meaning.
        selected: The columns to take, in order; all if empty.
        count: How many are expected.

    Raises:
        InvalidArgumentError: A record is malformed, or has another number of fields.
    """
    joined = delimiter.join(records)
    plain = b"\n" not in joined and b"\r" not in joined and not (use_quotes and b'"' in joined)
    if plain and not selected and b"" not in records:
        marks = list(map(bytes.count, records, repeat(delimiter)))
        if marks.count(count - 1) == len(marks):
            fields = joined.split(delimiter) if records else []
            return [fields[i::count] for i in range(count)]
    if use_quotes and not selected:
        found = _matched(records, delimiter, count)
        if found is not None:
            return found
    rows = []
    for i, record in enumerate(records):
        row = _fields(record, delimiter, use_quotes, selected)
        if len(row) != count:
            raise InvalidArgumentError(f"Expect {count} fields but have {len(row)} in record {i}")
        rows.append(row)
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(count)]


@lru_cache(64)
def _pattern(delimiter, count):
    mark = re.escape(delimiter)
    field = b'(?:"((?:[^"]++|"")*+)"|([^"\r\n' + mark + b"]*+))"
    return re.compile(mark.join([field] * count)).fullmatch


def _matched(records, delimiter, count):
    """The columns of well-formed records, at the speed of `re`; None if one is not."""
    if count > 1000 or b"" in records or delimiter in b'"\r\n':
        return None
    rows = list(map(_pattern(delimiter, count), records))
    if None in rows:
        return None
    columns = list(zip(*map(re.Match.groups, rows), strict=True))
    return [
        [b if a is None else a.replace(b'""', b'"') for a, b in zip(quoted, bare, strict=True)]
        if quoted.count(None) < len(quoted)
        else list(bare)
        for quoted, bare in zip(columns[::2], columns[1::2], strict=True)
    ]


def _fields(record, delimiter, use_quotes, selected):
    """The (selected) fields of one record."""
    if not record:
        return []
    if b'"' not in record and b"\n" not in record and b"\r" not in record:
        fields = record.split(delimiter)
    else:
        fields = _parse(record, delimiter, use_quotes, selected[-1] + 1 if selected else None)
    return [fields[i] for i in selected if i < len(fields)] if selected else fields


def _parse(record, delimiter, use_quotes, enough):
    fields, place, size = [], 0, len(record)
    while place < size:
        if record[place] in b"\r\n":
            place += 1
            continue
        if use_quotes and record.startswith(b'"', place):
            field, place = _quoted(record, place + 1, delimiter)
        else:
            end = record.find(delimiter, place)
            end = size if end < 0 else end
            field = record[place:end]
            if (use_quotes and b'"' in field) or b"\n" in field or b"\r" in field:
                raise InvalidArgumentError("Unquoted fields cannot have quotes/CRLFs inside")
            place = end + 1
        fields.append(field)
        if len(fields) == enough:
            return fields
    if record.endswith(delimiter):
        fields.append(b"")
    return fields


def _quoted(record, place, delimiter):
    """The field after a quote, and where the next one begins."""
    parts = []
    while True:
        quote = record.find(b'"', place)
        if quote < 0:
            raise InvalidArgumentError("Quoted field has to end with quote followed by delim or end")
        parts.append(record[place:quote])
        following = record[quote + 1 : quote + 2]
        if following in (b"", delimiter):
            return b"".join(parts), quote + 2
        if following != b'"':
            raise InvalidArgumentError("Quote inside a string has to be escaped by another quote")
        parts.append(b'"')
        place = quote + 2
