"""The op record: everything TapeFlow knows of an op, and the callable that users call.

    tanh = op(
        "Tanh", "x: T -> y: T", T="floating | complex",
        kernel=np.tanh, lower="lax.tanh", grad=lambda c, dy: dy * (1 - c.y * c.y),
    )

A call converts and checks its arguments, asks the context (eager, or a graph being captured) for the outputs, and
tells the tapes. Gaps are legal: see `op`.
"""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.dtypes import spoken
from tapeflow.core.base.errors import DtypeError, InvalidArgumentError, NotFoundError, OpError, ResourceExhaustedError
from tapeflow.core.base.mode import current, mode
from tapeflow.core.ops import registry
from tapeflow.core.ops.attributes import attr_value, python_signature
from tapeflow.core.ops.fast import fast_binary, fast_unary
from tapeflow.core.ops.gradient_context import context_class
from tapeflow.core.ops.hooks import hooks
from tapeflow.core.ops.signature import REQUIRED, dtype_set, parse
from tapeflow.core.values.convert import NotATensor, convert, convert_index
from tapeflow.core.values.tensor import EagerTensor, Tensor


class Op:
    """An op's record. Calling it runs the op.

    Attributes:
        op_name: TensorFlow's name, such as `"AddV2"`.
        inputs, attrs, outputs: The parsed signature, see `core/ops/signature.py`.
        types: Type attribute -> tuple of allowed dtypes, None for any.
        kernel: Host kernel: `kernel(*arrays, **attrs) -> array or tuple of arrays`.
        lower: XLA lowering, a function of the same form over jax arrays (inputs marked `const` arrive as NumPy
            arrays), or its dotted name under `jax`.
        grad: Gradient rule; `vjp` tells its form.
        shape, jvp, samples: See `op`.
        stateful: Whether equal arguments may give different results: never folded, never merged.
    """

    __slots__ = (
        "__dict__",
        "_calls",
        "_is_index",
        "_is_list",
        "_limits",
        "_order",
        "_single",
        "attrs",
        "context",
        "elementwise",
        "fast",
        "grad",
        "has_lists",
        "inputs",
        "jvp",
        "kernel",
        "lower",
        "op_name",
        "outputs",
        "reentrant",
        "rules",
        "samples",
        "shape",
        "soft",
        "stateful",
        "types",
    )  # fmt: skip

    def __init__(self, op_name, signature, types, **rules):
        parsed = parse(signature)
        self.op_name = op_name
        self.inputs, self.attrs, self.outputs = parsed.inputs, parsed.attrs, parsed.outputs
        self.types = {name: dtype_set(text) for name, text in types.items()}
        lacks = rules.pop("lacks", None)
        self._limits = {name: frozenset(map(id, allowed)) for name, allowed in self.types.items() if allowed}
        if lacks:
            self._limits["T"] -= frozenset(map(id, dtype_set(lacks)))
        self._order = tuple(arg.name for arg in (*self.inputs, *self.attrs))
        self._single = len(self.outputs) == 1 and not self.outputs[0].is_list
        for name, rule in rules.items():
            setattr(self, name, rule)
        self.has_lists = any(arg.is_list for arg in self.inputs)
        self._is_list = [arg.is_list for arg in self.inputs]
        self._is_index = [self._takes_index(arg) for arg in self.inputs]
        self._calls = {}  # what `_recognized` gives -> attributes, dtypes of the outputs
        if callable(self.grad) and len(self.inputs) == 1 and not self.has_lists:
            self.grad = (self.grad,)
        # One rule for each input, where the tape can pick: the common form, which it plays back without ado.
        self.rules = self.grad if type(self.grad) is tuple and not self.has_lists else None
        self.context = context_class(self)
        # Whether a Python value that does not fit the other inputs' dtype keeps its own: only AddV2.
        self.soft = False
        self.fast = None
        self.__name__ = self.__qualname__ = op_name
        self.__module__ = "tapeflow.raw_ops"
        self.__signature__ = python_signature(self)
        if self.elementwise is None:
            self.elementwise = self._is_elementwise()
        if self.elementwise:
            if len(self.inputs) == 1:
                self.fast = fast_unary(self)
            else:
                self.fast = fast_binary(self, lambda x, y: self.call((x, y), {}))

    def __reduce__(self):
        return registry.get, (self.op_name,)

    def __repr__(self):
        return f"<op {self.op_name}{self.__signature__}>"

    def __call__(self, *args, **kwargs):
        if not kwargs and self.fast is not None and len(args) == len(self.inputs):
            return self.fast(*args)
        return self.call(args, kwargs)

    def call(self, args, kwargs):
        """The general call: every kind of argument, every context."""
        key = inputs = None
        if not mode.slow and len(args) >= len(self.inputs):
            inputs, key = self._recognized(args, kwargs)
            known = self._calls.get(key)
            if known is not None:
                attrs, dtypes = known
                outputs = self.run(inputs, attrs, dtypes)
                return outputs[0] if self._single else self._pack(outputs, attrs)
        values, attrs = self._bind(args, kwargs)
        try:
            inputs = self._convert(values, attrs)
        except NotATensor as error:
            return hooks.dispatch(self, args, kwargs, error)
        except (TypeError, ValueError) as error:
            if not hooks.asks:
                raise
            return hooks.dispatch(self, args, kwargs, error)
        outputs = self.run(inputs, attrs)
        if key is not None and not any(out.is_list for out in self.outputs):
            if len(self._calls) >= _CALLS:
                self._calls.clear()
            self._calls[key] = attrs, self.output_dtypes(inputs, attrs)
        return self._pack(outputs, attrs)

    def _recognized(self, args, kwargs):
        """The inputs as tensors, and a key of dtypes and attributes that tells this call from others; None if unsure.

        A call that was checked once need not be bound and checked again if dtypes and attributes are the same.
        """
        count = len(self.inputs)
        key = [*args[count:], *kwargs.values()]
        kinds = [*map(type, key), *kwargs]
        for i, kind in enumerate(kinds):
            if kind is list:
                if not all(type(n) is int for n in key[i]):
                    return None, None
                key[i] = tuple(key[i])
        key += kinds
        inputs = []
        for i in range(count):
            value = args[i]
            if type(value) is EagerTensor:
                key.append(value._dtype.enum)
            elif self._is_list[i]:
                if type(value) is not list and type(value) is not tuple:
                    return None, None
                value = tuple(value)
                for one in value:
                    if type(one) is not EagerTensor:
                        return None, None
                key.append(tuple([one._dtype.enum for one in value]))
            else:
                value = _index(value) if self._is_index[i] else None
                if value is None:
                    return None, None
                key.append(_INT32)
            inputs.append(value)
        key = tuple(key)
        try:
            hash(key)
        except TypeError:  # some attribute has none
            return None, None
        return tuple(inputs), key

    def run(self, inputs, attrs, dtypes=None):
        """Runs the op on tensors and tells the tapes; returns the tuple of its outputs.

        Args:
            inputs: Tensors; lists as tuples of tensors.
            attrs: Every attribute, checked.
            dtypes: Those of the outputs, if they are known.
        """
        try:
            outputs = hooks.execute(self, inputs, attrs, dtypes)
        except OpError as error:
            raise error.complete(self.op_name, self._named(inputs)) from error.__cause__
        except (
            ValueError,
            IndexError,
            OverflowError,
            ZeroDivisionError,
            MemoryError,
            np.exceptions.AxisError,
        ) as error:
            if type(error).__module__.startswith("tapeflow"):
                raise
            if isinstance(error, MemoryError):
                raise out_of_memory(self.op_name, error, self._named(inputs)) from error
            raise InvalidArgumentError(f"{self.op_name}: {error}", got=self._named(inputs)) from error
        if mode.special:
            hooks.record(self, inputs, attrs, outputs)
        return outputs

    def _takes_index(self, arg):
        """Whether a Python int, or list of them, becomes int32 here whatever the other inputs are."""
        if not arg.const or arg.is_list:
            return False
        if arg.type_attr is None:
            return arg.dtype is dtypes.int32
        alone = sum(other.type_attr == arg.type_attr for other in self.inputs) == 1
        allowed = self.types.get(arg.type_attr)
        return (
            alone and bool(allowed) and allowed[0] is dtypes.int32
            and all(attr.name != arg.type_attr for attr in self.attrs)
        )  # fmt: skip

    def _named(self, inputs):
        """Input name -> tensor, for error messages."""
        return {arg.name: value for arg, value in zip(self.inputs, inputs, strict=True)}

    def _pack(self, outputs, attrs):
        """The outputs as the caller sees them: one, a list, or a named tuple."""
        if self._single:
            return outputs[0]
        if not self.outputs:
            return None
        if len(self.outputs) == 1:
            return list(outputs)
        if any(out.is_list for out in self.outputs):  # lists as long as an attribute says
            rest, alone = iter(outputs), len(outputs) - len(self.outputs) + 1
            outputs = [
                [next(rest) for _ in range(
                    attrs[out.number_attr] if out.number_attr
                    # A list whose dtypes are those of an input is the only one.
                    else len(attrs[out.type_attr]) if out.type_attr in attrs else alone
                )]
                if out.is_list else next(rest) for out in self.outputs
            ]  # fmt: skip
        return self.result(*outputs)

    @property
    def result(self):
        """The named tuple of the outputs, made on first use."""
        if "result_class" not in self.__dict__:
            from collections import namedtuple

            self.result_class = namedtuple(self.op_name, [arg.name for arg in self.outputs])
        return self.result_class

    # -- arguments -----------------------------------------------------------------------------------

    def _bind(self, args, kwargs):
        """The input values, in order, and the attributes, from a Python call."""
        order = self._order
        if len(args) > len(order) + 1:
            raise TypeError(f"{self.__name__}() takes {len(order) + 1} positional arguments but {len(args)} were given")
        given = dict(zip((*order, "name"), args, strict=False))
        for name, value in kwargs.items():
            if name in given:
                raise TypeError(f"{self.__name__}() got multiple values for argument '{name}'")
            if name not in order and name != "name":
                raise TypeError(f"{self.__name__}() got an unexpected keyword argument '{name}'")
            given[name] = value
        missing = [arg.name for arg in self.inputs if arg.name not in given]
        attrs = {}
        for attr in self.attrs:
            value = given.get(attr.name, attr.default)
            if value is REQUIRED:
                missing.append(attr.name)
            else:
                attrs[attr.name] = attr_value(self, attr, value)
        if missing:
            raise TypeError(
                f"{self.__name__}() missing {len(missing)} required positional argument"
                f"{'s' if len(missing) > 1 else ''}: {', '.join(map(repr, missing))}"
            )
        return [given[arg.name] for arg in self.inputs], attrs

    def _convert(self, values, attrs):
        """The inputs as tensors (lists as tuples of tensors), their dtypes checked against one another."""
        bound = {name: value for name, value in attrs.items() if name in self.types}
        given = len(bound)
        inputs = []
        for i, (arg, value) in enumerate(zip(self.inputs, values, strict=True)):
            if arg.is_list:
                if not isinstance(value, (list, tuple)):
                    raise TypeError(f"Expected list for '{arg.name}' argument to '{self.op_name}' Op, not {value!r}.")
                inputs.append(self._convert_list(i, arg, value, bound))
            else:
                if arg.type_attr is not None and arg.type_attr not in bound and not isinstance(value, Tensor):
                    self._decide(arg.type_attr, values[i:], self.inputs[i:], bound)
                inputs.append(self._convert_one(i, arg, value, bound))
        if len(bound) > given and self._limits:
            self._check_types(inputs, bound)
        return tuple(inputs)

    @staticmethod
    def _decide(type_attr, values, args, bound):
        """The first tensor decides for the Python values before it, too: `xlogy([1, 2], tensor)`."""
        for arg, value in zip(args, values, strict=True):
            takes = arg.type_attr == type_attr and not arg.is_list
            if takes and hasattr(value, "dtype") and not isinstance(value, (np.ndarray, np.generic)):
                bound[type_attr] = dtypes.as_dtype(value.dtype).base_dtype
                return

    def _check_types(self, inputs, bound):
        for arg, tensor in zip(self.inputs, inputs, strict=True):
            if arg.type_attr in bound and not arg.is_list:
                self._check_type(arg.type_attr, bound[arg.type_attr], arg.name, tensor)

    def _convert_list(self, i, arg, values, bound):
        if arg.number_attr is None:  # any dtypes
            return tuple(convert(value) for value in values)
        if arg.type_attr and arg.type_attr not in bound:
            # TensorFlow lets the first real tensor of a list decide for the numbers around it.
            for value in values:
                if hasattr(value, "dtype") and not isinstance(value, (np.ndarray, np.generic)):
                    bound[arg.type_attr] = dtypes.as_dtype(value.dtype).base_dtype
                    self._check_type(arg.type_attr, bound[arg.type_attr], arg.name, value)
                    break
        return tuple(self._convert_one(i, arg, value, bound) for value in values)

    def _convert_one(self, i, arg, value, bound):
        name = arg.type_attr
        expected = arg.dtype if name is None else bound.get(name)
        if isinstance(value, Tensor):
            tensor = value
        elif expected is None:
            hint = self.types[name][0] if arg.const and self.types.get(name) else None
            tensor = convert_index(value) if hint is dtypes.int32 else convert(value, hint=hint)
        elif self.soft or (hasattr(value, "dtype") and not isinstance(value, (np.ndarray, np.generic))):
            tensor = convert(value, hint=expected)
        else:
            tensor = convert(value, dtype=expected)
        dtype = tensor.dtype
        if expected is not None and dtype is not expected:
            raise (InvalidArgumentError if current.graph is None else DtypeError)(
                f"cannot compute {self.op_name} as input #{i}(zero-based) was expected to be a "
                f"{spoken(expected)} tensor but is a {spoken(dtype)} tensor [Op:{self.op_name}]",
                got={arg.name: tensor},
                hint=f"tf.cast({arg.name}, tf.{expected.name})",
            )
        if name is not None and expected is None:
            if arg.is_list:
                self._check_type(name, dtype, arg.name, tensor)
            bound[name] = dtype
        return tensor

    def _check_type(self, name, dtype, arg_name, tensor):
        """Refuses a dtype that the type attribute does not allow, or that no kernel computes."""
        allowed = self._limits.get(name)
        if not allowed or id(dtype) in allowed:
            return
        if dtype in self.types[name]:
            raise NotFoundError(
                f"Could not find device for node: {{{{node {self.op_name}}}}} = {self.op_name}[{name}="
                f"DT_{spoken(dtype).upper()}] [Op:{self.op_name}]",
                got={arg_name: tensor},
                hint="TensorFlow declares the op for this dtype and has no kernel for it; tf.cast",
            )
        names = ", ".join(spoken(one) for one in self.types[name])
        raise InvalidArgumentError(
            f"Value for attr '{name}' of {spoken(dtype)} is not in the list of allowed values: {names} "
            f"[Op:{self.op_name}]",
            got={arg_name: tensor},
        )

    def bound_types(self, inputs, attrs):
        """Type attribute -> dtype, read off the inputs and attributes of one call."""
        bound = {name: value for name, value in attrs.items() if name in self.types}
        for arg, value in zip(self.inputs, inputs, strict=True):
            if arg.type_attr is None:
                continue
            if arg.is_list and arg.number_attr is None:
                bound[arg.type_attr] = tuple(one.dtype for one in value)
            elif arg.is_list:
                if value:
                    bound[arg.type_attr] = value[0].dtype
            else:
                bound[arg.type_attr] = value.dtype
        return bound

    def output_dtypes(self, inputs, attrs, count=None):
        """The dtypes of the outputs; `count` says how many there are if a list output's length is only known then."""
        bound = self.bound_types(inputs, attrs)
        result = []
        for out in self.outputs:
            dtype = out.dtype or bound[out.type_attr]
            if not out.is_list:
                result.append(dtype)
            elif isinstance(dtype, (tuple, list)):
                result.extend(dtype)
            else:
                known = attrs.get(out.number_attr)
                result.extend([dtype] * (count - len(self.outputs) + 1 if known is None else known))
        return result

    def _is_elementwise(self):
        """Whether the op looks elementwise: one or two inputs of one type attribute, one output, no attributes."""
        return (
            len(self.inputs) in (1, 2)
            and not self.attrs
            and self._single
            and self.kernel is not None
            and not self.stateful
            and not self.reentrant
            and all(a.type_attr == "T" and not a.is_list and not a.const for a in self.inputs)
            and (self.outputs[0].type_attr == "T" or self.outputs[0].dtype is not None)
        )


# As many calls are remembered of each op, and as many index tensors.
_CALLS = 256
_INT32 = dtypes.int32.enum
_indices = {}


def _is_int32(value):
    return type(value) is int and -(2**31) <= value < 2**31


def _index(value):
    """The int32 tensor of an int or a flat list of ints, shared: nobody may write to it. None for anything else."""
    kind = type(value)
    key = value if kind is int or kind is tuple else tuple(value) if kind is list else None
    try:
        found = _indices.get(key)
    except TypeError:  # something in it has no hash
        return None
    if (found is None or kind is not int) and (key is None or not all(map(_is_int32, (key,) if kind is int else key))):
        return None
    if found is None:
        if len(_indices) >= 16 * _CALLS:
            _indices.clear()
        array = np.array(key, np.int32)
        array.flags.writeable = False
        found = _indices[key] = EagerTensor(array[()], dtypes.int32)
    return found


def out_of_memory(op_name, error, got=None):
    """The error of an op for whose result there is no memory."""
    shape, dtype = getattr(error, "shape", None), getattr(error, "dtype", None)
    what = "" if shape is None else f" with shape{[*shape]} and type {spoken(dtypes.as_dtype(dtype))}"
    return ResourceExhaustedError(
        f"OOM when allocating tensor{what.replace(', ', ',')} [Op:{op_name}]", got=got, hint="smaller parts, one by one"
    )


# -- defining --------------------------------------------------------------------------------------


def op(
    op_name, signature, *, kernel=None, lower=None, grad="vjp", jvp=None, shape=None, samples=None,
    stateful=False, reentrant=False, elementwise=None, lacks=None, doc=None, **types,
):  # fmt: skip
    """Defines an op and returns its record.

    Args:
        op_name: TensorFlow's name.
        signature: See `core/ops/signature.py`.
        kernel: The host kernel; without one, eager calls run the lowering.
        lower: The XLA lowering; without one, it is a host op.
        grad: `None`: not differentiable. `"vjp"`: `jax.vjp` of the lowering. A function `(c, dy…)` that gives the
            gradient of the only input, or a tuple with one for each input (None where there is none). A tuple of
            such functions, one for each input (None for an input without gradient): only the needed ones are run.
        jvp: Forward rule `(c, dx…) -> dy`; without one it follows from `grad`.
        shape: Shape rule `(input shapes, attrs) -> output shapes`; without one it follows from the lowering.
        samples: `draw -> arguments` for the tests that walk the table, or a list of such functions.
        stateful: Equal arguments may give different results.
        reentrant: The kernel calls user code.
        elementwise: Whether each element of the output depends on the elements at its own place only. False for an
            op that looks so (one or two inputs of type T, no attributes) and is not.
        lacks: The dtypes of `T` that TensorFlow declares and has no kernel for.
        doc: The docstring.
        **types: The dtypes that each type attribute allows: `T="floating | complex"`.
    """
    record = Op(
        op_name, signature, types, kernel=kernel, lower=lower, grad=grad, jvp=jvp, shape=shape, samples=samples,
        stateful=stateful, reentrant=reentrant,
        elementwise=elementwise, lacks=lacks,
    )  # fmt: skip
    if doc:
        record.__doc__ = doc
    registry.register(record)
    return record
