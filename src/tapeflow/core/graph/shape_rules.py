"""Shapes of the outputs of the most used ops, with unknown sizes: quicker than evaluating, and knowing more."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.graph.constants import raw_sizes, sizes_of, value_of

# Op name -> function(args, attrs) -> shapes (lists with None for unknown, None for unknown rank), or None: no answer.
rules = {}


def rule(*names):
    """Decorates a shape rule with the names of its ops."""

    def registered(function):
        rules.update(dict.fromkeys(names, function))
        return function

    return registered


def shape_of(x):
    """The sizes of a symbol as far as they are known, None for an unknown rank."""
    return None if x.shape.rank is None else x.shape.as_list()


@rule("Identity", "StopGradient", "ZerosLike", "OnesLike", "Cast", "CheckNumerics", "PreventGradient", "Softmax",
      "LogSoftmax", "LeakyRelu", "Cumsum", "Cumprod", "ReverseV2", "Roll", "ClipByValue", "BiasAdd", "Relu", "Relu6",
      "Elu", "Selu", "LogicalNot", "EnsureShape", "AsString", "StringLower", "StringUpper", "StringStrip",
      "StringLength", "StringToNumber", "StringToHashBucket", "StringToHashBucketFast", "StringToHashBucketStrong",
      "RegexReplace", "StaticRegexReplace", "RegexFullMatch", "StaticRegexFullMatch", "UnicodeTranscode",
      "UnicodeScript", "EncodeBase64", "DecodeBase64", "DecodeCompressed")  # fmt: skip
def _same(args, attrs):
    return [shape_of(args[0])]


@rule("PlaceholderWithDefault")
def _stated(args, attrs):
    return [attrs["shape"]]


@rule("IdentityN")
def _same_each(args, attrs):
    return [shape_of(x) for x in args[0]]


@rule("Shape")
def _shape_of(args, attrs):
    return [[args[0].shape.rank]]


@rule("Size", "Rank")
def _scalar(args, attrs):
    return [[]]


@rule("Fill", "BroadcastTo")
def _of_sizes(args, attrs):
    sizes = args[0] if _names_sizes_first(attrs, args) else args[1]
    return [sizes_of(sizes)]


def _names_sizes_first(attrs, args):
    # Fill(dims, value), BroadcastTo(input, shape)
    return args[0].node is not None and args[1].shape.rank == 0 and args[0].dtype.is_integer and args[0].shape.rank == 1


@rule("Fill")
def _filled(args, attrs):
    for x, most in zip(args, (1, 0), strict=True):
        if x.shape.rank is not None and x.shape.rank > most:
            raise InvalidArgumentError(f"Shape must be rank {most} but is rank {x.shape.rank} for 'Fill'")
    sizes = raw_sizes(args[0])
    if sizes is not None and any(n is not None and n < 0 for n in sizes):
        raise InvalidArgumentError("Fill dimensions must be >= 0 for 'Fill'")
    return [sizes]


rules["SparseToDense"] = lambda args, attrs: [sizes_of(args[1])]
rules["BroadcastTo"] = lambda args, attrs: [sizes_of(args[1])]


@rule("Reshape")
def _reshape(args, attrs):
    sizes = raw_sizes(args[1])
    if sizes is None:
        return [None]
    given = shape_of(args[0])
    if given is None or None in given:
        if -1 not in sizes:
            return [sizes]
        # -1 takes what is left over: known if the unknown sizes of the two sides cancel out.
        return [[None if n == -1 else n for n in sizes]]
    if None in sizes:
        if -1 in sizes or sizes.count(None) > 1:
            return [[None if n == -1 else n for n in sizes]]
        known = int(np.prod([n for n in sizes if n is not None], dtype=object))
        total = int(np.prod(given, dtype=object))
        return [[total // known if n is None and known and total % known == 0 else n for n in sizes]]
    total, known = int(np.prod(given, dtype=object)), int(np.prod([n for n in sizes if n != -1], dtype=object))
    if (
        (-1 in sizes and (known == 0 or total % known))
        or (-1 not in sizes and total != known)
        or min(sizes, default=0) < -1
    ):
        return None  # wrong: the evaluation words the error
    return [[total // known if n == -1 else n for n in sizes]]


@rule("Transpose")
def _transpose(args, attrs):
    given, perm = shape_of(args[0]), value_of(args[1])
    if perm is None:
        return [None if given is None else [None] * len(given)]
    if given is None:
        return [[None] * len(perm)]
    order = np.ravel(perm).tolist()
    if sorted(n % len(given) if given else n for n in order) != list(range(len(given))):
        return None
    return [[given[n] for n in order]]


@rule("Sum", "Mean", "Max", "Min", "Prod", "Any", "All", "EuclideanNorm")
def _reduced(args, attrs):
    given, axes = shape_of(args[0]), value_of(args[1])
    if given is None:
        return [None]
    if axes is None:
        return [[None] * len(given) if attrs["keep_dims"] else None]
    axes = np.ravel(axes).tolist()
    if not all(-len(given) <= a < len(given) for a in axes):
        return None
    gone = {a % len(given) for a in axes}
    return [[1 if i in gone else n for i, n in enumerate(given) if attrs["keep_dims"] or i not in gone]]


@rule("StatelessRandomBinomial", "StatelessRandomGammaV2", "StatelessRandomGammaV3", "StatelessRandomPoisson",
      "StatelessRandomUniformV2", "StatelessRandomUniformIntV2", "StatelessRandomUniformFullIntV2",
      "StatelessRandomNormalV2", "StatelessTruncatedNormalV2")  # fmt: skip
def _drawn(args, attrs):
    return [sizes_of(args[0])]


rules["StatelessRandomGetKeyCounter"] = lambda args, attrs: [[1], [2]]
rules["StatelessRandomGetKeyCounterAlg"] = lambda args, attrs: [[1], [2], []]
rules["StatelessRandomGetAlg"] = lambda args, attrs: [[]]


@rule("BiasAddGrad")
def _biases(args, attrs):
    given = shape_of(args[0])
    if given is None or len(given) < 2:
        return [[None]] if given is None else None
    return [[given[1 if attrs["data_format"] == "NCHW" else -1]]]


@rule("RaggedGather")
def _gathered_rows(args, attrs):
    dense = shape_of(args[1])
    return [[None]] * attrs["OUTPUT_RAGGED_RANK"] + [None if dense is None else [None, *dense[1:]]]


@rule("ArgMax", "ArgMin")
def _searched(args, attrs):
    given, axis = shape_of(args[0]), value_of(args[1])
    if given is None:
        return [None]
    if axis is None:
        return [[None] * (len(given) - 1)]
    axis = int(np.ravel(axis)[0])
    return [[n for i, n in enumerate(given) if i != axis % len(given)]] if -len(given) <= axis < len(given) else None


@rule("MatMul")
def _matmul(args, attrs):
    a, b = shape_of(args[0]), shape_of(args[1])
    if a is None or b is None:
        return [[None, None]]
    if len(a) != 2 or len(b) != 2:
        return None
    a, b = a[::-1] if attrs["transpose_a"] else a, b[::-1] if attrs["transpose_b"] else b
    if None not in (a[1], b[0]) and a[1] != b[0]:
        return None
    return [[a[0], b[1]]]


@rule("Pack")
def _pack(args, attrs):
    shapes = [shape_of(x) for x in args[0]]
    known = [s for s in shapes if s is not None]
    if not known:
        return [None]
    rank = len(known[0])
    if any(len(s) != rank for s in known) or not -rank - 1 <= attrs["axis"] <= rank:
        return None
    merged = []
    for sizes in zip(*known, strict=True):
        found = {n for n in sizes if n is not None}
        if len(found) > 1:
            return None
        merged.append(found.pop() if found else None)
    merged.insert(attrs["axis"] % (rank + 1), len(args[0]))
    return [merged]


@rule("Unpack")
def _unpack(args, attrs):
    given = shape_of(args[0])
    if given is None:
        return [None] * attrs["num"]
    axis = attrs["axis"]
    if not -len(given) <= axis < len(given):
        return None
    return [[n for i, n in enumerate(given) if i != axis % len(given)]] * attrs["num"]


@rule("ConcatV2")
def _concat(args, attrs):
    shapes, axis = [shape_of(x) for x in args[0]], value_of(args[1])
    known = [s for s in shapes if s is not None]
    if not known:
        return [None]
    rank = len(known[0])
    if any(len(s) != rank for s in known):
        return None
    if axis is None:
        return [[None] * rank]
    axis = int(np.ravel(axis)[0])
    if not -rank <= axis < rank:
        return None
    axis %= rank
    merged = []
    for i, sizes in enumerate(zip(*known, strict=True)):
        if i == axis:
            merged.append(None if None in sizes or len(known) < len(shapes) else sum(sizes))
            continue
        found = {n for n in sizes if n is not None}
        if len(found) > 1:
            return None
        merged.append(found.pop() if found else None)
    return [merged]


@rule("ExpandDims")
def _expand_dims(args, attrs):
    given, axis = shape_of(args[0]), value_of(args[1])
    if given is None:
        return [None]
    if axis is None:
        return [[None] * (len(given) + 1)]
    axis = int(np.ravel(axis)[0])
    if not -len(given) - 1 <= axis <= len(given):
        return None
    given.insert(axis % (len(given) + 1), 1)
    return [given]


@rule("Squeeze")
def _squeeze(args, attrs):
    given, axes = shape_of(args[0]), attrs["squeeze_dims"]
    if given is None:
        return [None]
    if not axes:
        return [None] if None in given else [[n for n in given if n != 1]]
    if any(not -len(given) <= a < len(given) or given[a] not in (1, None) for a in axes):
        return None
    gone = {a % len(given) for a in axes}
    return [[n for i, n in enumerate(given) if i not in gone]]


@rule("Tile")
def _tile(args, attrs):
    given, times = shape_of(args[0]), sizes_of(args[1])
    if given is None or times is None:
        return [None if times is None else [None] * len(times)] if given is None else [[None] * len(given)]
    if len(given) != len(times):
        return None
    return [[None if m is None or n is None else m * n for m, n in zip(given, times, strict=True)]]


@rule("Pad", "PadV2", "MirrorPad")
def _pad(args, attrs):
    given, paddings = shape_of(args[0]), args[1].shape
    if given is None:
        rows = paddings[0] if paddings.rank == 2 else None
        return [None if rows is None else [None] * rows]
    if paddings.rank is not None and not paddings.is_compatible_with([len(given), 2]):
        return None
    sums = _row_sums(args[1]) or [None] * len(given)
    return [[None if None in (n, extra) else n + extra for n, extra in zip(given, sums, strict=True)]]


def _row_sums(paddings):
    """What is known of the sums of a matrix's rows, which may be packed of scalars and of rows; None if nothing is."""
    value = value_of(paddings)
    if value is not None:
        return [int(sum(row)) for row in np.asarray(value).tolist()]
    if paddings.node.type != "Pack" or paddings.node.attrs["axis"] != 0:
        return None
    rows = [raw_sizes(row) for row in paddings.node.args[0]]
    return [None if row is None or None in row else sum(row) for row in rows]


@rule("Range")
def _range(args, attrs):
    values = [value_of(x) for x in args]
    if any(v is None for v in values):
        return [[None]]
    return [[len(np.arange(*values))]]


@rule("GatherV2")
def _gather(args, attrs):
    x, indices, axis = shape_of(args[0]), shape_of(args[1]), value_of(args[2])
    batch = attrs.get("batch_dims", 0)
    if x is None or indices is None:
        return [None]
    if axis is None:
        return [[None] * (len(x) + len(indices) - 1 - batch % (len(indices) + 1))]
    axis = int(np.ravel(axis)[0])
    if not -len(x) <= axis < len(x):
        return None
    axis, batch = axis % len(x), batch % (len(indices) + 1) if batch < 0 else batch
    return [x[:axis] + indices[batch:] + x[axis + 1 :]]


@rule("Where")
def _where(args, attrs):
    return [[None, args[0].shape.rank]]


@rule("SelectV2")
def _select(args, attrs):
    shapes = [shape_of(x) for x in args]
    if any(s is None for s in shapes):
        return [None]
    rank = max(map(len, shapes))
    padded = [[1] * (rank - len(s)) + s for s in shapes]
    merged = []
    for sizes in zip(*padded, strict=True):
        known = {n for n in sizes if n not in (1, None)}
        if len(known) > 1:
            return None
        merged.append(known.pop() if known else None if None in sizes else 1)
    return [merged]


@rule("StridedSlice")
def _strided_slice(args, attrs):
    given = shape_of(args[0])
    begin, end, strides = (value_of(x) for x in args[1:4])
    if given is None:
        return [None]
    if strides is None:
        return None if None not in given else [None]
    if begin is None or end is None or None in given:
        return [_sliced(given, begin, end, np.ravel(strides).tolist(), attrs)]
    return None  # all known: the evaluation


def _sliced(given, begin, end, strides, attrs):
    """As far as it can be told, one entry of the index after the other."""
    count = len(strides)
    masks = {k: attrs[f"{k}_mask"] for k in ("begin", "end", "ellipsis", "new_axis", "shrink_axis")}
    new = bin(masks["new_axis"]).count("1")
    sizes, axis = [], 0
    for i in range(count):
        bit = 1 << i
        if masks["ellipsis"] & bit:
            later_new = bin(masks["new_axis"] >> (i + 1)).count("1")
            rest = count - i - 1 - later_new
            while axis < len(given) - rest:
                sizes.append(given[axis])
                axis += 1
        elif masks["new_axis"] & bit:
            sizes.append(1)
        elif axis >= len(given):
            return None
        else:
            if not masks["shrink_axis"] & bit:
                low = None if masks["begin"] & bit else _item(begin, i)
                high = None if masks["end"] & bit else _item(end, i)
                sizes.append(_length(given[axis], low, high, strides[i]))
            axis += 1
    del new
    return sizes + given[axis:]


def _item(values, i):
    return False if values is None else int(values[i])


def _length(size, low, high, step):
    """The number of elements, None if it is unknown; bounds are None where left out and False where unknown."""
    if low is False or high is False:
        return None
    if low is None and high is None and step in (1, -1):
        return size
    if size is None:
        inside = (low or 0) >= 0 and high is not None and high >= 0 and step == 1 and False
        return high - (low or 0) if inside else None
    return len(range(*slice(low, high, step).indices(size)))


@rule("RaggedTensorToTensor")
def _ragged_to_tensor(args, attrs):
    """As many axes as the ragged tensor has; the uniform ones keep their sizes, those asked for are known."""
    shape, values, _, partitions = args
    wanted = sizes_of(shape) if shape.shape.rank == 1 else None
    if values.shape.rank is None:
        return [wanted]
    kinds = [kind for kind in attrs["row_partition_types"] if kind not in ("FIRST_DIM_SIZE", b"FIRST_DIM_SIZE")]
    known = [None] * (len(kinds) + 1) + values.shape.as_list()[1:]
    if kinds[0] in ("ROW_SPLITS", b"ROW_SPLITS") and partitions[0].shape.rank == 1 and partitions[0].shape[0]:
        known[0] = partitions[0].shape[0] - 1
    if wanted is None or len(wanted) != len(known):
        return [known]
    return [[b if a is None else a for a, b in zip(wanted, known, strict=True)]]


@rule("UnsortedSegmentSum", "UnsortedSegmentProd", "UnsortedSegmentMax", "UnsortedSegmentMin")
def _unsorted_segments(args, attrs):
    data, ids, count = args
    if data.shape.rank is None or ids.shape.rank is None or data.shape.rank < ids.shape.rank:
        return [None]
    known = value_of(count)
    return [[None if known is None or known < 0 else int(known), *data.shape.as_list()[ids.shape.rank :]]]


@rule("SegmentSum", "SegmentMean", "SegmentProd", "SegmentMax", "SegmentMin", "SparseSegmentSum", "SparseSegmentMean",
      "SparseSegmentSqrtN")  # fmt: skip
def _segments(args, attrs):
    given = shape_of(args[0])
    return [[None, *given[1:]] if given else None]


@rule("Conv2DBackpropInput", "Conv3DBackpropInputV2", "DepthwiseConv2dNativeBackpropInput")
def _convolved_back(args, attrs):
    """The sizes that are asked for, where one of them is open; known ones are checked by evaluating."""
    sizes = sizes_of(args[0])
    if sizes is None or None not in sizes or args[1].shape.rank != len(sizes):
        return None
    return [sizes]


@rule("TensorListStack")
def _stacked_list(args, attrs):
    """As many elements as the op says, if it does, of the shape that it says."""
    sizes = sizes_of(args[1]) if args[1].shape.rank == 1 else None
    if sizes is None:
        return [None]
    count = attrs.get("num_elements", -1)
    return [[None if count < 0 else count, *sizes]]
