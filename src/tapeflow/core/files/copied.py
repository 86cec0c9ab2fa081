"""Functions of a loaded model that go into another file as they are: those that make and fill resources."""

from tapeflow.core.files.table_functions import WrittenFunction

_ATTRIBUTES = ("f", "cond", "body", "then_branch", "else_branch", "branches")


def copied_resource(library, resource):
    """Name -> `WrittenFunction` of what makes, fills and lets go of a loaded resource.

    Args:
        library: The `FunctionLibrary` to write to.
        resource: The `RestoredResource`.
    """
    found = {}
    for name, concrete in resource._concrete.items():
        copied = copy(library, concrete._library, concrete._name)
        captured = [concrete.captured_object(i) for i in range(len(concrete._bound_ids))]
        keywords = list(concrete._arg_keywords or ())
        arguments = concrete._arguments[0]
        is_bare = name in ("save_function", "restore_function")
        found[name] = WrittenFunction(copied, arguments, concrete.structured_outputs, captured, keywords, is_bare)
    return found


def copy(library, source, name):
    """Copies a function, and those that it calls; returns its new name.

    Args:
        library: The `FunctionLibrary` to write to.
        source: The `Library` of the other file.
        name: The function's name there.
    """
    known = library.__dict__.setdefault("copies", {})
    key = id(source), name
    if key not in known:
        library._held.append(source)
        known[key] = library.unique(name)
        function = library.add(known[key])
        original = source.function(name)
        new = function.signature.name
        function.CopyFrom(original)
        function.signature.name = new
        for node in function.node_def:
            for attr in _ATTRIBUTES:
                if attr in node.attr and node.attr[attr].WhichOneof("value") == "func":
                    node.attr[attr].func.name = copy(library, source, node.attr[attr].func.name)
                elif attr in node.attr:
                    for one in node.attr[attr].list.func:
                        one.name = copy(library, source, one.name)
            if node.op in source.functions:
                node.op = copy(library, source, node.op)
            if "shared_name" in node.attr and node.attr["shared_name"].s:
                node.attr["shared_name"].s += f"_{source.number}".encode()
    return known[key]
