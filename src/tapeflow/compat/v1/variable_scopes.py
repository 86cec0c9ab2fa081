"""`tf.compat.v1.get_variable` and `variable_scope`: variables by name, shared inside a template."""

import contextlib
import functools
import threading

from tapeflow.compat.v1 import initializers
from tapeflow.core.base import dtypes
from tapeflow.core.track.module import name_scope
from tapeflow.core.values.variable import Variable, VariableAggregation, VariableSynchronization

AUTO_REUSE = "AUTO_REUSE"


class VariableScope:
    """A part of the names of variables, and how they are made there.

    Args:
        reuse: Whether `get_variable` returns variables that are there; eagerly only a template keeps them.
        name: The prefix.
        initializer: For variables without one.
        dtype: For variables without one.
    """

    def __init__(self, reuse=None, name="", initializer=None, dtype=dtypes.float32, **unused):
        self.reuse, self.name, self.initializer, self.dtype = reuse, name, initializer, dtype
        self.original_name_scope = f"{name}/" if name else ""

    caching_device = None

    def set_caching_device(self, caching_device):
        """Keeps where variables would be cached; they are read in place."""
        self.caching_device = caching_device

    def reuse_variables(self):
        """Has `get_variable` return the variables that are there."""
        self.reuse = True


class _Scopes(threading.local):
    def __init__(self):
        self.current = VariableScope()
        self.store = None  # full name -> variable, inside a template


_scopes = _Scopes()


def get_variable_scope():
    """Returns the innermost scope."""
    return _scopes.current


@contextlib.contextmanager
def variable_scope(
    name_or_scope, default_name=None, values=None, initializer=None, regularizer=None, caching_device=None,
    partitioner=None, custom_getter=None, reuse=None, dtype=None, use_resource=None, constraint=None,
    auxiliary_name_scope=True,
):  # fmt: skip
    """The context in which variables get a prefix.

    Args:
        name_or_scope: The name, or a scope to enter again.
        default_name: The name if that is None.
        initializer, dtype, reuse: Of the scope.
        auxiliary_name_scope: Whether ops get the prefix as well.
        values, regularizer, caching_device, partitioner, custom_getter, use_resource, constraint: Accepted.
    """
    outer = _scopes.current
    if isinstance(name_or_scope, VariableScope):
        full = name_or_scope.name
        initializer = initializer or name_or_scope.initializer
    else:
        name = default_name if name_or_scope is None else name_or_scope
        full = f"{outer.name}/{name}" if outer.name else name
    scope = VariableScope(
        outer.reuse if reuse is None else reuse, full, initializer or outer.initializer, dtype or outer.dtype
    )
    entered = name_scope(full.rpartition("/")[2]) if auxiliary_name_scope and full else contextlib.nullcontext()
    _scopes.current = scope
    try:
        with entered:
            yield scope
    finally:
        _scopes.current = outer


def get_variable(
    name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=None, collections=None,
    caching_device=None, partitioner=None, validate_shape=True, use_resource=None, custom_getter=None,
    constraint=None, synchronization=VariableSynchronization.AUTO, aggregation=VariableAggregation.NONE,
):  # fmt: skip
    """Makes a variable, or returns the one of that name where a template keeps them.

    Args:
        name: Its name, after the scope's.
        shape: Its shape, unless the initializer is a value.
        dtype: float32, unless the scope says otherwise.
        initializer: A value, or a function of shape and dtype; uniform after Glorot for floats, else zeros.
        trainable, constraint, synchronization, aggregation, validate_shape: As of `tf.Variable`.
        regularizer, collections, caching_device, partitioner, use_resource, custom_getter: Accepted.

    Raises:
        ValueError: The scope is to reuse variables, and there is none of that name.
    """
    scope = _scopes.current
    full = f"{scope.name}/{name}" if scope.name else name
    store = _scopes.store
    if store is not None and full in store:
        return store[full]
    if store is not None and scope.reuse is True:
        raise ValueError(f"Variable {full} does not exist, or was not created with tf.get_variable().")
    dtype = dtypes.as_dtype(dtype or scope.dtype)
    initializer = scope.initializer if initializer is None else initializer
    if initializer is None:
        initializer = initializers.GlorotUniform() if dtype.is_floating else initializers.Zeros()
    if isinstance(initializer, type):
        initializer = initializer()
    if isinstance(shape, int):
        shape = [shape]
    if shape is not None and not callable(initializer):
        raise ValueError("If initializer is a constant, do not specify shape.")
    value = functools.partial(initializer, shape, dtype=dtype) if callable(initializer) else initializer
    variable = Variable(
        value, trainable=trainable, name=full, dtype=None if not callable(initializer) else dtype,
        validate_shape=validate_shape, constraint=constraint, synchronization=synchronization,
        aggregation=aggregation,
    )  # fmt: skip
    if store is not None:
        store[full] = variable
    return variable


def make_template(name_, func_, create_scope_now_=False, unique_name_=None, custom_getter_=None, **kwargs):
    """Returns a function whose variables are made by its first call and shared by all.

    Args:
        name_: The scope of its variables.
        func_: The function.
        create_scope_now_, unique_name_, custom_getter_: Accepted.
        **kwargs: Arguments that every call gets.
    """
    store = {}

    @functools.wraps(func_)
    def call(*args, **more):
        outer, _scopes.store = _scopes.store, store
        try:
            with variable_scope(unique_name_ or name_):
                return func_(*args, **{**kwargs, **more})
        finally:
            _scopes.store = outer

    call.name = name_
    return call


def no_regularizer(_):
    """Returns None: no penalty."""
