"""`tensorflow.tools.docs.doc_controls`: marks for the maker of reference pages. They change nothing else."""


def _mark(attribute):
    def decorate(obj):
        target = obj.fget if isinstance(obj, property) else obj
        try:
            setattr(target, attribute, None)
        except (AttributeError, TypeError):  # it takes no attributes, so no mark either
            return obj
        return obj

    decorate.__doc__ = f"Marks a function or class ({attribute}) and returns it."
    return decorate


doc_private = _mark("_tf_docs_doc_private")
do_not_generate_docs = _mark("_tf_docs_do_not_document")
do_not_doc_inheritable = _mark("_tf_docs_do_not_doc_inheritable")
do_not_doc_in_subclasses = do_not_doc_inheritable
for_subclass_implementers = _mark("_tf_docs_for_subclass_implementers")
doc_in_current_and_subclasses = _mark("_tf_docs_doc_in_current_and_subclasses")


def set_deprecated(obj):
    """Marks a function or class as deprecated and returns it."""
    return _mark("_tf_docs_deprecated")(obj)


def inheritable_header(text):
    """Returns a decorator that notes a text to show above the members of a class."""

    def decorate(cls):
        cls._tf_docs_inheritable_header = text
        return cls

    return decorate


def decorate_all_class_attributes(decorator, cls, skip):
    """Applies a decorator to the public attributes of a class and returns the class.

    Args:
        decorator: The decorator.
        cls: The class.
        skip: Names to leave out.
    """
    for name in vars(cls).copy():
        if name not in skip and not name.startswith("__"):
            setattr(cls, name, decorator(getattr(cls, name)))
    return cls
