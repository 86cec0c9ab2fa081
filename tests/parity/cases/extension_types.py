"""tf.experimental.ExtensionType, its batches, and dispatch by types."""

import contextlib
import typing

from tests.parity.case import Family

case = Family(__name__)


def masked_class(tf, base="ExtensionType"):
    class MaskedTensor(getattr(tf.experimental, base)):
        values: tf.Tensor
        mask: tf.Tensor

        def with_default(self, default):
            return tf.where(self.mask, self.values, default)

    return MaskedTensor


def masked(tf, base="ExtensionType"):
    return masked_class(tf, base)([1.0, 2.0, 3.0], [True, False, True])


def network(tf):
    class Layer(tf.experimental.ExtensionType):
        w: tf.Tensor
        name: str = "dense"

    class Network(tf.experimental.ExtensionType):
        layers: typing.Tuple[Layer, ...]  # noqa: UP006 - as programs write it
        shape: tf.TensorShape
        dtype: tf.DType
        settings: typing.Mapping[str, tf.Tensor]
        rate: typing.Union[int, float, None] = None  # noqa: UP007
        flags: typing.Tuple[bool, str] = (True, "x")  # noqa: UP006

    return Network([Layer([1.0]), Layer([2.0, 3.0], name="out")], [None, 3], "int32", {"b": 1, "a": [2]})


def define(tf, annotations=None, base="ExtensionType", **members):
    members = dict(members, __annotations__=annotations or {}, __module__=__name__)
    return type(tf.experimental.ExtensionType)("MyType", (getattr(tf.experimental, base),), members)


def validated(tf):
    class Checked(tf.experimental.ExtensionType):
        x: tf.Tensor
        n: int

        def __validate__(self):
            assert self.n > 0, "n must be positive"

    return Checked


def constructed(tf):
    class Ball(tf.experimental.ExtensionType):
        center: tf.Tensor
        radius: tf.Tensor

        def __init__(self, x, y, radius):
            self.center = [x, y]
            self.radius = radius

    return Ball


def inherited(tf):
    class Base(tf.experimental.ExtensionType):
        a: tf.Tensor

    class Derived(Base):
        b: tf.Tensor
        c: int = 3

    return Derived


def with_spec(tf):
    class Shaped(tf.experimental.ExtensionType):
        values: tf.Tensor
        shape = property(lambda self: self.values.shape)

        class Spec:
            def __init__(self, shape, dtype=tf.float32):
                self.values = tf.TensorSpec(shape, dtype)

            shape = property(lambda self: self.values.shape)

    return Shaped


def traced(tf, function, *args, **options):
    return tf.function(function, autograph=False, **options)(*args)


def parts(x):
    """The tensors of an extension type: the classes differ between two calls."""
    return type(x).__name__, [getattr(x, name) for name in ("values", "mask")]


case.table("""
    make/positional: parts(masked(tf))
    make/keywords: parts(masked_class(tf)(mask=[True], values=[1]))
    make/repr: repr(masked_class(tf)([1], [True])).rpartition(".")[2]
    make/missing: masked_class(tf)([1])  # raises: missing a required argument
    make/too_many: masked_class(tf)([1], [True], 3)  # raises
    make/unknown: masked_class(tf)([1], [True], x=3)  # raises
    make/not_a_tensor: masked_class(tf)(object(), [True])  # raises: expected a Tensor
    make/ragged_list: masked_class(tf)([[1], [1, 2]], [True])  # raises: expected a Tensor
    make/abstract: tf.experimental.ExtensionType()  # raises: abstract base class
    make/method: masked(tf).with_default(0.0)
    make/set: setattr(masked(tf), "values", 3)  # raises: Cannot mutate attribute
    make/set_other: setattr(masked(tf), "other", 3)  # raises: Cannot mutate attribute
    make/delete: delattr(masked(tf), "values")  # raises: Cannot mutate attribute
    make/equal: masked_equal(tf)
    make/unequal: masked_unequal(tf)
    make/other_kind: masked(tf) == 3
    make/hash: hash(masked(tf))  # raises: unhashable
    make/is_tensor: tf.is_tensor(masked(tf))
    make/convert: tf.convert_to_tensor(masked(tf))  # raises
    make/default: validated(tf)([1], 1).n
    make/validate: validated(tf)([1], 0)  # raises: n must be positive
    make/wrong_type: validated(tf)([1], 1.5)  # raises: n: expected 'int', got 'float'
    make/constructor: (lambda b: (b.center, b.radius))(constructed(tf)(1, 2, 3.0))
    make/constructor_missing: constructed(tf)(1, 2)  # raises
    make/inherited: (lambda d: (d.a, d.b, d.c))(inherited(tf)(1, 2))
    make/inherited_keyword: (lambda d: (d.a, d.b, d.c))(inherited(tf)(a=1, b=2, c=4))
    make/as_dict: tf.experimental.extension_type.as_dict(validated(tf)([1], 2))
    nested/repr: repr(network(tf)).replace("network.<locals>.", "")
    nested/fields: (lambda n: (n.shape, n.dtype, n.rate, n.flags, n.layers[1].name, dict(n.settings)))(network(tf))
    nested/flat: tf.nest.flatten(network(tf), expand_composites=True)
    nested/spec: repr(network(tf)._type_spec).replace("network.<locals>.", "")
    nested/map: (lambda n: (n.layers[1].w, n.settings["a"]))(tf.nest.map_structure(lambda x: x * 2, network(tf), expand_composites=True))
    nested/mapping_fixed: network(tf).settings.update({})  # raises
    define/no_fields: repr(define(tf)())
    define/missing_annotation: define(tf, x=3)  # raises: Field x is missing a type annotation
    define/reserved: define(tf, {"_type_spec": int})  # raises: reserved
    define/reserved_self: define(tf, {"self": int})  # raises: reserved
    define/unsupported: define(tf, {"x": list})  # raises: Unsupported type annotation
    define/unsupported_callable: define(tf, {"x": typing.Callable})  # raises: Unsupported type annotation
    define/mapping_of_tensors: define(tf, {"x": typing.Mapping[tf.Tensor, int]})  # raises: Mapping had a key
    define/default_wrong: define(tf, {"x": int}, x="a")  # raises: default value for x: expected 'int'
    define/encoder_not_batchable: define(tf, {"x": tf.Tensor}, __batch_encoder__=tf.experimental.ExtensionTypeBatchEncoder())  # raises: should only be defined
    define/int: define(tf, {"x": int})(3).x
    define/int_of_tensor: define(tf, {"x": int})(tf.constant(3))  # raises: expected 'int'
    define/float: define(tf, {"x": float})(3)  # raises: expected 'float'
    define/str: define(tf, {"x": str})(b"a")  # raises: expected 'str'
    define/bool: define(tf, {"x": bool})(True).x
    define/none: define(tf, {"x": None})(None).x
    define/none_wrong: define(tf, {"x": None})(1)  # raises: expected 'NoneType'
    define/dtype: define(tf, {"x": tf.DType})("float32").x
    define/dtype_wrong: define(tf, {"x": tf.DType})("nope")  # raises
    define/shape: define(tf, {"x": tf.TensorShape})([None, 2]).x
    define/ragged: define(tf, {"x": tf.RaggedTensor})(tf.ragged.constant([[1], []])).x
    define/ragged_wrong: define(tf, {"x": tf.RaggedTensor})([[1]])  # raises: expected 'RaggedTensor'
    define/sparse: define(tf, {"x": tf.SparseTensor})(tf.sparse.eye(2)).x
    define/union: [define(tf, {"x": typing.Union[int, str]})(v).x for v in (1, "a")]
    define/union_wrong: define(tf, {"x": typing.Union[int, str]})(1.5)  # raises
    define/union_tensors: define(tf, {"x": typing.Union[tf.Tensor, tf.RaggedTensor]})(tf.ragged.constant([[1], []])).x
    define/optional: define(tf, {"x": typing.Optional[tf.Tensor]})(None).x
    define/tuple: define(tf, {"x": typing.Tuple[int, str]})([1, "a"]).x
    define/tuple_length: define(tf, {"x": typing.Tuple[int, str]})([1])  # raises: expected tuple with length 2
    define/tuple_item: define(tf, {"x": typing.Tuple[int, ...]})([1, "a"])  # raises: x[1]: expected 'int'
    define/tuple_wrong: define(tf, {"x": typing.Tuple[int, ...]})(3)  # raises: expected tuple
    define/mapping: dict(define(tf, {"x": typing.Mapping[str, int]})({"a": 1}).x)
    define/mapping_key: define(tf, {"x": typing.Mapping[str, int]})({1: 1})  # raises: x[<key>]: expected 'str'
    define/mapping_wrong: define(tf, {"x": typing.Mapping[str, int]})([1])  # raises: expected mapping
    spec/made: repr(masked_class(tf).Spec(tf.TensorSpec([3]), tf.TensorSpec([3], tf.bool))).rpartition("locals>.")[2]
    spec/value: masked_class(tf).Spec(tf.TensorSpec([3]), 3)  # raises: expected a TensorSpec
    spec/own: (lambda s: (s.shape, s.values))(with_spec(tf).Spec([2, 3]))
    spec/own_compatible: own_compatible(tf)
    spec/compatible: spec_compatible(tf)
    spec/set: setattr(masked(tf)._type_spec, "values", 3)  # raises: Cannot mutate attribute
    spec/type_spec_from_value: type(tf.type_spec_from_value(masked(tf))).__qualname__.rpartition(">.")[2]
    function/argument: traced(tf, lambda m: m.with_default(0.0), masked(tf))
    function/result: parts(traced(tf, lambda m: type(m)(m.values * 2, m.mask), masked(tf)))
    function/nested: traced(tf, lambda n: n.layers[1].w * 2, network(tf))
    function/in_list: traced(tf, lambda ms: ms[0].values + ms[1].values, [masked(tf), masked(tf)])
    function/cond: parts(traced(tf, lambda m: tf.cond(m.mask[0], lambda: m, lambda: type(m)(-m.values, m.mask)), masked(tf)))
    function/while: parts(traced(tf, lambda m: tf.while_loop(lambda i, m: i < 3, lambda i, m: (i + 1, type(m)(m.values * 2, m.mask)), [0, m])[1], masked(tf)))
    function/signature: function_signature(tf)
    function/traces: function_traces(tf)
    batch/map_fn: tf.map_fn(lambda m: tf.where(m.mask, m.values, -1.0), masked(tf, "BatchableExtensionType"), fn_output_signature=tf.float32)
    batch/map_fn_result: batch_map_result(tf)
    batch/not_batchable: tf.map_fn(lambda m: m.values, masked(tf), fn_output_signature=tf.float32)  # raises
    batch/spec: batch_spec(tf)
    batch/unbatch: batch_unbatch(tf)
    gradient/field: gradient_field(tf)
    gradient/source: gradient_source(tf)  # raises: not supported as a gradient source
    dispatch/api: dispatched(tf)
    dispatch/twice_unregistered: unregistered_twice(tf)  # raises: was not registered
    dispatch/unary: dispatched_unary(tf)
    dispatch/binary: dispatched_binary(tf)
    dispatch/assert: dispatched_assert(tf)
    dispatch/signature: dispatch_signature(tf)  # raises
    dispatch/not_an_api: tf.experimental.dispatch_for_api(len)  # raises: does not support dispatch
    dispatch/no_types: dispatch_no_types(tf)  # raises
    dispatch/list: dispatched_list(tf)
    dispatch/by_position: dispatched_by_position(tf)
    dispatch/operator: dispatched_operator(tf)
    dispatch/in_function: dispatched_in_function(tf)
    dispatch/unary_registered: len(unary_names(tf)) > 50
""")


def masked_equal(tf):
    cls = masked_class(tf)
    return cls([1], [True]) == cls([1], [True]), cls([1], [True]) == cls([2], [True]), cls([1], [True]) == cls([1, 2], [True, True])


def masked_unequal(tf):
    cls = masked_class(tf)
    return cls([1], [True]) != cls([1], [True]), cls([1], [True]) != cls([2], [True]), cls([1], [True]) != cls([1.0], [True])


def own_compatible(tf):
    cls = with_spec(tf)
    return cls.Spec([None, 3]).is_compatible_with(cls(tf.zeros([2, 3]))), cls.Spec([None, 4]).is_compatible_with(cls(tf.zeros([2, 3])))


def spec_compatible(tf):
    cls = masked_class(tf)
    wide = cls.Spec(tf.TensorSpec([None]), tf.TensorSpec([None], tf.bool))
    value = cls([1.0, 2.0], [True, False])
    return (wide.is_compatible_with(value), value._type_spec.is_compatible_with(wide), value._type_spec == wide,
            wide.is_compatible_with(cls([1], [True])))  # fmt: skip


def function_signature(tf):
    cls = masked_class(tf)
    spec = cls.Spec(tf.TensorSpec([None]), tf.TensorSpec([None], tf.bool))
    found = []

    @tf.function(input_signature=[spec], autograph=False)
    def f(m):
        found.append(m.values.shape)
        return m.with_default(0.0)

    return f(cls([1.0], [False])), f(cls([1.0, 2.0], [False, True])), found


def function_traces(tf):
    cls = validated(tf)
    found = []

    @tf.function(autograph=False)
    def f(m):
        found.append(m.n)
        return m.x + m.n

    return f(cls([1], 1)), f(cls([2], 1)), f(cls([2], 5)), found


def batch_map_result(tf):
    batch = masked(tf, "BatchableExtensionType")
    spec = type(batch).Spec(tf.TensorSpec([], tf.float32), tf.TensorSpec([], tf.bool))
    return parts(tf.map_fn(lambda m: type(m)(m.values * 2.0, m.mask), batch, fn_output_signature=spec))


def batch_spec(tf):
    spec = masked(tf, "BatchableExtensionType")._type_spec
    return repr(spec._batch(5)).rpartition("locals>.")[2]


def batch_unbatch(tf):
    spec = masked(tf, "BatchableExtensionType")._type_spec
    return repr(spec._unbatch()).rpartition("locals>.")[2]


def gradient_field(tf):
    m = masked(tf)
    with tf.GradientTape() as tape:
        tape.watch(m.values)
        y = m.with_default(0.0) ** 2
    return tape.gradient(y, m.values)


def gradient_source(tf):
    m = masked(tf)
    with tf.GradientTape() as tape:
        tape.watch(m)
        y = m.with_default(0.0) ** 2
    return tape.gradient(y, m)


class Dispatch:
    """Registers functions, and takes them back at the end."""

    def __init__(self, tf):
        self.tf, self.targets = tf, []

    def __enter__(self):
        return self

    def __call__(self, decorator):
        def decorated(function):
            self.targets.append(function)
            return decorator(function)

        return decorated

    def __exit__(self, *_):
        for one in self.targets:
            self.tf.experimental.unregister_dispatch_for(one)


def dispatched(tf):
    cls = masked_class(tf)
    with Dispatch(tf) as register:

        @register(tf.experimental.dispatch_for_api(tf.shape, {"input": cls}))
        def masked_shape(input, out_type=tf.int32, name=None):
            return tf.shape(input.values, out_type) * 10

        return tf.shape(masked(tf).values), tf.shape(cls([1], [True]))


def unregistered_twice(tf):
    cls = masked_class(tf)

    @tf.experimental.dispatch_for_api(tf.shape, {"input": cls})
    def masked_shape(input, out_type=tf.int32, name=None):
        return 1

    tf.experimental.unregister_dispatch_for(masked_shape)
    tf.experimental.unregister_dispatch_for(masked_shape)


def dispatched_unary(tf):
    cls = masked_class(tf)
    with Dispatch(tf) as register:

        @register(tf.experimental.dispatch_for_unary_elementwise_apis(cls))
        def unary(api, x):
            return cls(api(x.values), x.mask)

        x = cls([1.0, -4.0], [True, False])
        return [parts(f(x)) for f in (tf.abs, tf.sin, tf.nn.relu, tf.ones_like, lambda v: tf.cast(v, tf.int32), tf.math.negative,
                                      lambda v: tf.clip_by_value(v, -1.0, 0.0))]  # fmt: skip


def dispatched_binary(tf):
    cls = masked_class(tf)
    with Dispatch(tf) as register:

        @register(tf.experimental.dispatch_for_binary_elementwise_apis(cls, cls))
        def binary(api, x, y):
            return cls(api(x.values, y.values), x.mask & y.mask)

        x, y = cls([1.0, -4.0], [True, False]), cls([2.0, 3.0], [True, True])
        return [parts(f(x, y)) for f in (tf.add, tf.math.multiply, tf.maximum, tf.pow, tf.equal)]


def dispatched_assert(tf):
    cls = masked_class(tf)

    @tf.experimental.dispatch_for_binary_elementwise_assert_apis(cls, cls)
    def compare(api, x, y):
        return "compared", api(x.values, y.values)

    x = cls([1.0], [True])
    return tf.debugging.assert_equal(x, x)[0]


def dispatch_signature(tf):
    @tf.experimental.dispatch_for_api(tf.shape, {"input": masked_class(tf)})
    def wrong(x):
        return 1


def dispatch_no_types(tf):
    @tf.experimental.dispatch_for_api(tf.shape)
    def wrong(input, out_type=tf.int32, name=None):
        return 1


def dispatched_list(tf):
    cls = masked_class(tf)
    with Dispatch(tf) as register:

        @register(tf.experimental.dispatch_for_api(tf.stack))
        def masked_stack(values: typing.List[cls], axis=0, name="stack"):  # noqa: UP006
            return cls(tf.stack([v.values for v in values], axis), tf.stack([v.mask for v in values], axis))

        return parts(tf.stack([cls([1], [True]), cls([2], [False])])), tf.stack([1, 2])


def dispatched_by_position(tf):
    cls = masked_class(tf)
    with Dispatch(tf) as register:

        @register(tf.experimental.dispatch_for_api(tf.math.add, {"x": cls, "y": cls}, {"x": cls}))
        def masked_add(x, y, name=None):
            return "masked"

        return tf.add(cls([1], [True]), 3), tf.add(x=cls([1], [True]), y=cls([1], [True])), tf.add(1, 2)


def dispatched_operator(tf):
    cls = masked_class(tf)
    with Dispatch(tf) as register:

        @register(tf.experimental.dispatch_for_binary_elementwise_apis(typing.Union[cls, tf.Tensor], typing.Union[cls, tf.Tensor]))  # noqa: UP007
        def binary(api, x, y):
            x, y = (v.values if isinstance(v, cls) else v for v in (x, y))
            return cls(api(x, y), tf.ones_like(x, tf.bool))

        return parts(tf.add(cls([1.0], [True]), tf.constant([2.0])))


def dispatched_in_function(tf):
    cls = masked_class(tf)
    with Dispatch(tf) as register:

        @register(tf.experimental.dispatch_for_unary_elementwise_apis(cls))
        def unary(api, x):
            return cls(api(x.values), x.mask)

        return parts(traced(tf, tf.square, cls([3.0], [True])))


def unary_names(tf):
    """The elementwise functions that a handler sees."""
    cls, names = masked_class(tf), []
    with Dispatch(tf) as register:

        @register(tf.experimental.dispatch_for_unary_elementwise_apis(cls))
        def unary(api, x):
            names.append(api)
            return x

        for name in dir(tf.math):
            function = getattr(tf.math, name)
            if callable(function) and not isinstance(function, type):
                with contextlib.suppress(TypeError, ValueError, AttributeError):
                    function(cls([0.5], [True]))
        return names
