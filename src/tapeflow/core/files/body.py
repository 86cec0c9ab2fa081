"""The nodes of a function or a graph in a file, run one after the other: at once, or into the graph being captured."""

import heapq

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError, OpError, UnimplementedError
from tapeflow.core.base.mode import current
from tapeflow.core.files.attributes import attributes_of, int_of, shapes_of
from tapeflow.core.files.function_attributes import READERS, read_elements, with_graphs
from tapeflow.core.ops import registry
from tapeflow.core.values.tensor import Tensor
from tapeflow.core.values.variable import Variable

# Op name -> function(body, node, inputs) -> outputs, for what is more than a call of the op's record.
handlers = {}
# The ops that take a variable itself where others take its value.
REFERENCE_OPS = set()
# What a record may raise on arguments that no TensorFlow program would give it.
_STRANGE = (TypeError, AttributeError, KeyError, IndexError, ValueError, AssertionError, RecursionError)


def handler(*names):
    """Decorates a function with the names of the ops that it handles."""

    def registered(function):
        handlers.update(dict.fromkeys(names, function))
        return function

    return registered


class Reference:
    """The parsed form of an input: `"^node"`, `"arg"`, `"node:2"`, `"node:output:0"`."""

    __slots__ = ("index", "is_control", "name", "part")

    def __init__(self, text):
        self.is_control = text.startswith("^")
        pieces = text.lstrip("^").split(":")
        self.name, self.part, self.index = pieces[0], None, 0
        if len(pieces) > 1:
            number = pieces[-1]
            if not number.isdecimal() or len(number) > 9:
                raise InvalidArgumentError(f"'{text}' does not name a tensor")
            self.index = int(number)
        if len(pieces) == 3:
            self.part = pieces[1]
        elif len(pieces) > 3:
            raise InvalidArgumentError(f"'{text}' does not name a tensor")


class Body:
    """Nodes, and the values that they have got.

    Args:
        library: The `Library` of the functions that they call.
        nodes: The `NodeDef`s.
        values: Name -> list of tensors, of what is there before the first node runs: arguments, feeds.
        name: What to call it in messages.
        is_graph: Whether it is a GraphDef's, where the name of a node names its resource, too.
    """

    def __init__(self, library, nodes, values, name, is_graph=False):
        self.library, self.name, self.is_graph = library, name, is_graph
        self.values = dict(values)
        self.nodes = {}
        self.order = {}
        for i, node in enumerate(nodes):
            if node.name in self.nodes or (node.name in self.values and not is_graph):
                raise InvalidArgumentError(f"'{name}' has two nodes of the name '{node.name}'")
            self.nodes[node.name] = node
            self.order[node.name] = i
        self.parts = {}  # node name -> output name -> first index among the outputs

    def run(self, wanted):
        """Runs what `wanted`, names of tensors and `^nodes`, depend on; returns the tensors."""
        references = [Reference(text) for text in wanted]
        for node in self._sorted({r.name for r in references}):
            self.step(node)
        return [self.value(r) for r in references if not r.is_control]

    def value(self, reference):
        """The tensor that a reference names."""
        outputs = self.values.get(reference.name)
        if outputs is None:
            raise InvalidArgumentError(f"'{self.name}' has no node '{reference.name}'")
        index = reference.index
        if reference.part is not None:
            starts = self.parts.get(reference.name)
            if starts is not None:
                if reference.part not in starts:
                    raise InvalidArgumentError(
                        f"node '{reference.name}' in '{self.name}' has no output '{reference.part}'"
                    )
                index += starts[reference.part]
        if index >= len(outputs):
            raise InvalidArgumentError(
                f"node '{reference.name}' in '{self.name}' has {len(outputs)} outputs, and output {index} is asked for"
            )
        return outputs[index]

    # -- order ---------------------------------------------------------------------------------------

    def _sorted(self, names):
        """The nodes still to run for `names`: each after its inputs, otherwise in the order of the file."""
        before, after = {}, {}
        waiting = [name for name in names if name not in self.values]
        while waiting:
            name = waiting.pop()
            if name in before:
                continue
            before[name] = needs = self._needs(name)
            for other in needs:
                after.setdefault(other, []).append(name)
                if other not in before:
                    waiting.append(other)
        ready = [self.order[name] for name, needs in before.items() if not needs]
        heapq.heapify(ready)
        by_place = list(self.nodes.values())
        result = []
        while ready:
            node = by_place[heapq.heappop(ready)]
            result.append(node)
            for name in after.get(node.name, ()):
                before[name].discard(node.name)
                if not before[name]:
                    heapq.heappush(ready, self.order[name])
        if len(result) < len(before):
            stuck = sorted(name for name, needs in before.items() if needs)
            raise InvalidArgumentError(
                f"the nodes of '{self.name}' form a cycle: {', '.join(stuck[:4])}{', …' if len(stuck) > 4 else ''}"
            )
        return result

    def _needs(self, name):
        node = self.nodes.get(name)
        if node is None:
            raise InvalidArgumentError(f"'{self.name}' has no node '{name}'")
        needs = {Reference(text).name for text in node.input}
        needs.update(self.library.also_needs(self, node))
        return {other for other in needs if other not in self.values}

    # -- one node ------------------------------------------------------------------------------------

    def step(self, node):
        """Runs one node."""
        self.library.spend(1)
        references = [Reference(text) for text in node.input]
        inputs = [self.value(r) for r in references if not r.is_control]
        if node.op not in REFERENCE_OPS:
            inputs = [x._read() if isinstance(x, Variable) else x for x in inputs]
        try:
            self.values[node.name] = self._outputs(node, inputs)
        except OpError as error:
            error.add_note(f"in node '{node.name}' ({node.op}) of '{self.name}'")
            raise
        except _STRANGE as error:
            if type(error).__module__.startswith("tapeflow"):
                raise
            text = str(error).split("\n")[0][:300]
            raise InvalidArgumentError(f"node '{node.name}' ({node.op}) of '{self.name}': {text}") from error

    def _outputs(self, node, inputs):
        handle = handlers.get(node.op)
        if handle is not None:
            return list(handle(self, node, inputs))
        if node.op in self.library.functions:
            return self.library.called_as_op(self, node, inputs)
        record = registry.get(node.op)
        if record is None:
            raise UnimplementedError(
                f"node '{node.name}' of '{self.name}': the op {node.op} is not part of TapeFlow",
                hint="load the model with a version that has it, or export it without the op",
            )
        return self.run_record(record, node, inputs)

    def run_record(self, record, node, inputs):
        """Runs a node by its op's record."""
        attrs = attributes_of(record, node)
        args = arguments_of(record, node, inputs)
        if any(attr.kind == "func" for attr in record.attrs):
            args, attrs = with_graphs(self, record, node, args, attrs)
        graph = current.graph
        hint = shapes_of(node) if graph is not None else None
        if hint is not None and hasattr(graph, "hint"):
            graph.hint = hint
        if graph is not None and node.op in READERS:
            outputs = read_elements(lambda: record.run(args, attrs))
        else:
            outputs = record.run(args, attrs)
        if graph is not None:
            graph.hint = None
            self.library.renamed(graph, node.name, outputs)
        if len(record.outputs) > 1:
            self.parts[node.name] = starts_of(record, node, args, attrs)
        return list(outputs)


def arguments_of(record, node, inputs):
    """The flat inputs of a node as its record takes them: lists as tuples.

    Raises:
        InvalidArgumentError: Their number or their dtypes are wrong.
    """
    bound = {}
    args, rest = [], iter(inputs)
    try:
        for arg in record.inputs:
            if not arg.is_list:
                args.append(_typed(record, node, arg, next(rest), bound))
                continue
            count = _length(record, node, arg, len(inputs))
            if arg.number_attr is None:
                args.append(tuple(next(rest) for _ in range(count)))
            else:
                args.append(tuple(_typed(record, node, arg, next(rest), bound) for _ in range(count)))
    except (StopIteration, RuntimeError):
        args = None
    if args is None or next(rest, None) is not None:
        raise InvalidArgumentError(
            f"node '{node.name}' ({node.op}) has {len(inputs)} inputs: that is not what it takes"
        )
    return tuple(args)


def _typed(record, node, arg, x, bound):
    if not isinstance(x, Tensor):
        raise InvalidArgumentError(f"node '{node.name}' ({node.op}): input '{arg.name}' is no tensor")
    wanted = arg.dtype if arg.type_attr is None else bound.setdefault(arg.type_attr, x.dtype)
    if x.dtype is not wanted:
        raise InvalidArgumentError(
            f"node '{node.name}' ({node.op}): input '{arg.name}' is {x.dtype.name}, not {wanted.name}"
        )
    if arg.type_attr is not None:
        record._check_type(arg.type_attr, x.dtype, arg.name, x)
    return x


def _length(record, node, arg, total):
    """How many tensors a list input has."""
    if arg.number_attr is not None and arg.number_attr in node.attr:
        return _sane(node.attr[arg.number_attr].i, total, node)
    if arg.number_attr is None and arg.type_attr in node.attr:
        return len(node.attr[arg.type_attr].list.type)
    others = sum(not other.is_list for other in record.inputs)
    lists = len(record.inputs) - others
    if lists != 1:
        raise InvalidArgumentError(f"node '{node.name}' ({node.op}) does not say how long its lists are")
    return total - others


def _sane(count, most, node):
    if not 0 <= count <= most:
        raise InvalidArgumentError(f"node '{node.name}' ({node.op}): a list of {count} among {most} inputs")
    return count


def starts_of(record, node, args, attrs):
    """Output name -> its first index among the flat outputs."""
    starts, place = {}, 0
    for out in record.outputs:
        starts[out.name] = place
        if not out.is_list:
            place += 1
        elif out.number_attr is not None:
            known = int_of(node, out.number_attr)
            place += next(
                (len(one) for arg, one in zip(record.inputs, args, strict=True) if arg.number_attr == out.number_attr),
                0,
            ) if known is None else known  # fmt: skip
        else:
            kinds = record.bound_types(args, attrs).get(out.type_attr, ())
            place += len(kinds)
    return starts


__all__ = ["Body", "Reference", "dtypes", "handler", "handlers"]
