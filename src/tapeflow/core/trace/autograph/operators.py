"""What converted functions call: control flow that is staged where a condition is a symbol, and Python's elsewhere."""

from tapeflow.core.base.mode import current
from tapeflow.core.ops import registry
from tapeflow.core.trace.autograph.undefined import Undefined, UndefinedReturnValue, read, returned
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.variable import Variable

__all__ = [
    "Undefined", "UndefinedReturnValue", "and_", "assert_stmt", "call", "converted", "for_stmt", "if_exp", "if_stmt",
    "not_", "or_", "python_value", "read", "returned", "while_stmt",
]  # fmt: skip


def is_symbolic(value):
    """Whether a value is known only when the graph runs."""
    if isinstance(value, Variable):
        return current.graph is not None
    return type(value) is Symbol


def tensor(value):
    """A condition as a tensor."""
    return value._read() if isinstance(value, Variable) else value


def if_stmt(test, body, other, get_state, set_state, names, count):
    """`if`."""
    if is_symbolic(test):
        from tapeflow.core.trace.autograph.staging import staged_if

        return staged_if(tensor(test), body, other, get_state, set_state, names)
    return body() if test else other()


def while_stmt(test, body, get_state, set_state, names, options):
    """`while`."""
    started = False
    while True:
        going = test()
        if is_symbolic(going):
            if started:
                raise NotImplementedError(
                    "a while loop whose condition became a tensor after it had run in Python: make the condition a "
                    "tensor from the start"
                )
            from tapeflow.core.trace.autograph.staging import staged_while

            return staged_while(test, body, get_state, set_state, names, options)
        if not going:
            return None
        body()
        # The first repetition in Python may turn the condition into a tensor: TensorFlow goes on in the graph then.
        started = False


def for_stmt(iterated, extra_test, body, get_state, set_state, names, options):
    """`for`."""
    from tapeflow.core.trace.autograph import staging

    rule = staging.loop_rule(iterated)
    if rule is not None:
        return rule(iterated, extra_test, body, get_state, set_state, names, options)
    if extra_test is None:
        for item in iterated:
            body(item)
        return None
    for item in iterated:
        going = extra_test()
        if is_symbolic(going):
            _if_going(going, body, item, get_state, set_state, names)
            continue
        if not going:
            break
        body(item)
    return None


def _if_going(going, body, item, get_state, set_state, names):
    """A repetition of a Python loop that a break in the graph may have ended."""
    from tapeflow.core.trace.autograph.staging import staged_if

    staged_if(tensor(going), lambda: body(item), lambda: None, get_state, set_state, names)


def and_(left, right):
    """`and`, the right side only where it is needed."""
    a = left()
    if is_symbolic(a):
        from tapeflow.core.trace.control import cond

        return cond(tensor(a), lambda: _as_bool(right()), lambda: _as_bool(False))
    return a and right()


def or_(left, right):
    """`or`, the right side only where it is needed."""
    a = left()
    if is_symbolic(a):
        from tapeflow.core.trace.control import cond

        return cond(tensor(a), lambda: _as_bool(True), lambda: _as_bool(right()))
    return a or right()


def _as_bool(value):
    from tapeflow.core.values.convert import convert

    return tensor(value) if is_symbolic(value) else convert(bool(value))


def not_(value):
    """`not`."""
    if is_symbolic(value):
        return registry.get("LogicalNot")(tensor(value))
    return not value


def if_exp(test, body, other, text):
    """`a if test else b`."""
    if is_symbolic(test):
        from tapeflow.core.trace.control import cond

        return cond(tensor(test), body, other)
    return body() if test else other()


def assert_stmt(test, message):
    """`assert`."""
    if is_symbolic(test):
        from tapeflow.core.ops.compose.assertions import Assert

        text = message()
        return Assert(tensor(test), list(text) if isinstance(text, tuple) else [text])
    assert test, message()
    return None


def python_value(value, statement):
    """A value that a statement looks at in Python.

    Raises:
        OperatorNotAllowedInGraphError: It is a symbol.
    """
    if is_symbolic(value):
        tensor(value)._no_python(f"Using a symbolic `tf.Tensor` in a `{statement}` statement")
    return value


def converted(function):
    """Marks a function that was converted with the function around it."""
    function.autograph_is_converted = True
    return function


def call(function, *args, **kwargs):
    """A call in a converted function: the callee is converted too, if it is the user's."""
    from tapeflow.core.trace.autograph.calls import call as call_converted

    return call_converted(function, args, kwargs)
