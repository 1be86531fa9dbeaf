"""Properties which cost no more than attributes."""

from operator import attrgetter


def read_directly(cls: type, **paths: str) -> None:
    """Read properties of ``cls`` without running any Python code.

    The functions written for these properties are their types and documentation. Here
    is where the values are; the interpreter only runs (in ``__getattr__``) when there
    is nothing there yet.

    :param paths: for each property, the dotted name of what it gives
    """
    for name, path in paths.items():
        written: property = getattr(cls, name)
        fast = property(attrgetter(path), written.fset, written.fdel, written.__doc__)
        setattr(cls, name, fast)
