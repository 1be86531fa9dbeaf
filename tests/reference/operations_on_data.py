"""What programs do with blocks and maps alike."""

from __future__ import annotations

from typing import Any

from session import Expression, Session, call, method, var

#: dtypes of both libraries
DTYPES = ["float64", "float32", "float16", "int64", "int8", "uint8", "bool", "complex128"]
#: Names of libraries of arrays
LIBRARIES = ["numpy", "torch", None]
FILES = ["", "a.mts", "b", "c.npz", "d.mts.npz"]
#: Function which loads each kind of object from a buffer
LOADERS = {"TensorBlock": "io.load_block_buffer", "TensorMap": "io.load_buffer"}


def conversion_arguments(session: Session) -> tuple[list[Expression], dict[str, Expression]]:
    """Positional and keyword arguments of ``to``."""
    library = "torch" if session.engine == "torch" else "numpy"
    dtype: Expression = {"dtype": f"{library}.{session.one_of(DTYPES[:6])}"}
    if session.engine == "numpy" and session.flag():
        dtype = {"dtype": dtype["dtype"].replace("numpy.", "dtype.")}
    positional = [session.usually(session.one_of([dtype, dtype, "cpu"]))]
    keywords: dict[str, Any] = {}
    if session.flag():
        positional = []
    if session.integer(0, 2) == 0:
        keywords["dtype"] = session.usually(dtype)
    if session.integer(0, 2) == 0:
        keywords["device"] = session.one_of(
            ["meta", "nowhere"] if session.rarely() else ["cpu", None]
        )
    if session.integer(0, 2) == 0:
        keywords["arrays"] = "nothing" if session.rarely() else session.one_of(LIBRARIES)
    if session.rarely():
        keywords["non_blocking"] = session.flag()
    return positional, keywords


def convert(session: Session, index: int) -> None:
    """Copies and conversions of a block or a map."""
    data = var(index)
    positional, keywords = conversion_arguments(session)
    session.do(
        session.one_of(
            [
                call(session.one_of(["copy", "deepcopy"]), data),
                method(data, "copy", deep=session.flag()),
                method(data, "to", *positional, **keywords),
                method(data, "to", *positional, **keywords),
            ]
        )
    )


def files(session: Session, kind: str, index: int) -> None:
    """Files, buffers and pickles of a block or a map."""
    data = var(index)
    use_numpy = session.flag()
    buffer = method(data, "save_buffer")
    other_kinds = [loader for name, loader in LOADERS.items() if name != kind]
    session.do(
        session.one_of(
            [
                call("bytes", buffer),
                call(f"{kind}.load_buffer", method(data, "save_buffer", use_numpy)),
                call(LOADERS[kind], buffer, use_numpy=use_numpy),
                call("save_and_load", data, session.one_of(FILES), use_numpy=use_numpy),
                call("pickled", data, session.integer(2, 5)),
                *[call(loader, buffer) for loader in [*other_kinds, "io.load_labels_buffer"]],
            ]
        )
    )
