"""`tf.DType` and `tf.as_dtype`: facts of every dtype, what stands for one, comparison, errors."""

import copy
import pickle

import ml_dtypes
import numpy as np

from tests.parity.case import Family

case = Family(__name__)

NAMES = """float16 float32 float64 bfloat16 int8 int16 int32 int64 uint8 uint16 uint32 uint64 complex64
complex128 bool string resource variant qint8 qint16 qint32 quint8 quint16 half double""".split()
SMALL = """float8_e5m2 float8_e4m3fn float8_e4m3fnuz float8_e4m3b11fnuz float8_e5m2fnuz float4_e2m1fn int4
uint4 int2 uint2""".split()
FACTS = """name is_floating is_complex is_integer is_unsigned is_bool is_numeric is_quantized
is_numpy_compatible size base_dtype real_dtype as_datatype_enum""".split()


def dtype(tf, name):
    return getattr(tf, name, None) or getattr(tf.dtypes.experimental, name)


def facts(tf, name):
    found = dtype(tf, name)
    return [repr(found), str(found), int(found), hash(found), *(getattr(found, fact) for fact in FACTS)]


for _name in NAMES + SMALL:
    case(f"facts/{_name}", facts, _name)
    case.either(f"numpy/{_name}", lambda tf, n: str(np.dtype(dtype(tf, n).as_numpy_dtype)), _name)
    case.either(f"bounds/{_name}", lambda tf, n: [str(dtype(tf, n).min), str(dtype(tf, n).max)], _name)

for _name in [name for name in NAMES if name not in ("resource", "variant")]:
    case.either(f"limits/{_name}", lambda tf, n: [int(one) for one in dtype(tf, n).limits], _name)

TEXTS = """float half double float32 bfloat16 float8_e5m2 qint8 resource int4 uint2 float32_ref string_ref
f4 <f4 int bytes str O bool_ ? foo""".split()
for _name in TEXTS:
    case.either(f"as_dtype/text_{_name}", lambda tf, n: tf.as_dtype(n), _name)

PYTHON_TYPES = (float, int, bool, str, bytes, object, complex, list)
NUMPY_TYPES = (
    """float32 int64 longlong ulonglong uintc str_ bytes_ object_ void longdouble timedelta64""".split()
)
ML_TYPES = "bfloat16 int4 float8_e4m3fn float8_e3m4".split()
KINDS = [getattr(np, name) for name in NUMPY_TYPES] + [getattr(ml_dtypes, name) for name in ML_TYPES]
for _kind in (*PYTHON_TYPES, *KINDS):
    case.either(f"as_dtype/type_{_kind.__module__}.{_kind.__name__}", lambda tf, k: tf.as_dtype(k), _kind)

for _code in ("S3", "U3", ">f4", "f2", "M8[s]", "V4", "?"):
    case.either(f"as_dtype/numpy_{_code}", lambda tf, c: tf.as_dtype(np.dtype(c)), _code)

for _number in (1, 23, 33, 101, 0, -1, 34, 1000, True):
    case.either(f"as_dtype/number_{_number}", lambda tf, n: tf.as_dtype(n), _number)

case.table("""
    as_dtype/none: tf.as_dtype(None)  # raises: None
    as_dtype/float_number: tf.as_dtype(3.5)  # raises: 3.5
    as_dtype/list: tf.as_dtype([])  # raises: []
    as_dtype/bytes: tf.as_dtype(b"float32")  # raises: float32
    as_dtype/array: tf.as_dtype(np.array([1.0]))
    as_dtype/tensor: tf.as_dtype(tf.constant(1.0))  # raises: Cannot convert
    as_dtype/numpy_scalar: tf.as_dtype(np.int32(3))
    as_dtype/quantized: tf.as_dtype(np.dtype([("qint8", np.int8)]))
    as_dtype/dtype: tf.as_dtype(tf.float32)
    as_dtype/shape: tf.as_dtype(tf.TensorShape([]))  # raises: TensorShape
    equal/name: tf.float32 == "float32"
    equal/numpy_type: tf.float32 == np.float32
    equal/numpy_dtype: tf.float32 == np.dtype("f4")
    equal/from_numpy: np.dtype("f4") == tf.float32
    equal/python: tf.float32 == float
    equal/number: tf.float32 == 1
    equal/other: tf.float32 == tf.float64
    equal/unknown: tf.float32 == "foo"
    equal/none: tf.float32 == None
    equal/object: tf.float32 == object()
    equal/reference: tf.float32 == tf.as_dtype(101)
    unequal/name: tf.float32 != "float32"
    unequal/other: tf.float32 != tf.int32
    equal/in_a_list: tf.float32 in ["float32"]
    less: tf.float32 < 1  # raises: not supported
    add: tf.float32 + 1  # raises: unsupported operand
    compatible/name: tf.float32.is_compatible_with("float32")
    compatible/other: tf.float32.is_compatible_with(tf.int32)
    compatible/reference: tf.float32.is_compatible_with(101)
    compatible/of_reference: tf.as_dtype(101).is_compatible_with(tf.float32)
    compatible/unknown: tf.float32.is_compatible_with("foo")  # raises: foo
    compatible/none: tf.float32.is_compatible_with(None)  # raises: None
    reference/float32: facts(tf, "float32")[5:]
    reference/base: tf.as_dtype(101).base_dtype
    reference/real: tf.as_dtype(108).real_dtype
    copy/pickle: pickle.loads(pickle.dumps(tf.float32)) is tf.float32
    copy/deep: copy.deepcopy(tf.int8) is tf.int8
    make/number: tf.DType(1)
    make/unknown: tf.DType(999)  # raises: 999
    set: setattr(tf.float32, "is_floating", False)  # raises
    quantized: sorted(one.name for one in tf.dtypes.QUANTIZED_DTYPES)
    trace/subtype: [tf.float32.is_subtype_of(tf.float32), tf.float32.is_subtype_of(tf.int8)]
    trace/supertype: tf.float32.most_specific_common_supertype([tf.float32])
    trace/no_supertype: tf.float32.most_specific_common_supertype([tf.float64])
    trace/supertype_of_nothing: tf.float32.most_specific_common_supertype([])
    trace/flatten: [tf.float32.flatten(), tf.float32.to_tensors(tf.float32)]
    trace/from_tensors: tf.float32.from_tensors(iter([]))
    trace/cast: tf.float32.cast(tf.int32, None)  # raises: Can not cast tf.int32
    type/is_trace_type: isinstance(tf.float32, tf.types.experimental.TraceType)
""")
