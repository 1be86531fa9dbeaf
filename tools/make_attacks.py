"""Write the files of ``tests/attacks``: small files made to exhaust memory, stack or time.

Only the standard library is used. Every file has to be refused with an error, quickly and
without allocating much more than its own size.
"""

from __future__ import annotations

import struct
import warnings
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

ATTACKS = Path(__file__).resolve().parents[1] / "tests" / "attacks"


def npy(header: str, data: bytes = b"", version: int = 1) -> bytes:
    """One NPY file."""
    size = struct.pack("<H" if version == 1 else "<I", len(header))
    return b"\x93NUMPY" + bytes([version, 0]) + size + header.encode() + data


def table(names: list[str], count: int | str, data: bytes = b"") -> bytes:
    """Labels which say that they have ``count`` rows."""
    fields = ", ".join(f"('{name}', '<i4')" for name in names)
    return npy(f"{{'descr': [{fields}], 'fortran_order': False, 'shape': ({count},)}}\n", data)


def array(descr: str, shape: str, data: bytes = b"") -> bytes:
    """Values which say that they have this shape."""
    return npy(f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}}}\n", data)


def archive(entries: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """An archive of these entries."""
    output = BytesIO()
    with zipfile.ZipFile(output, "w", method) as target:
        for name, content in entries.items():
            target.writestr(zipfile.ZipInfo(name), content, method)
    return output.getvalue()


def block(values: bytes) -> dict[str, bytes]:
    """A map with one block, which is also the only block of a block file."""
    rest = {
        "samples.npy": table(["s"], 1, bytes(4)),
        "properties.npy": table(["p"], 1, bytes(4)),
        "values.npy": values,
    }
    prefixed = {f"blocks/0/{name}": content for name, content in rest.items()}
    return {"keys.npy": table(["k"], 1, bytes(4)), **rest, **prefixed}


def deep_gradients(levels: int) -> bytes:
    """Make many levels of gradients of gradients."""
    entries = block(array("<f8", "(1, 1)", bytes(8)))
    for start in ("", "blocks/0/"):
        prefix = start
        for _ in range(levels):
            prefix += "gradients/g/"
            entries[f"{prefix}samples.npy"] = table(["sample"], 1, bytes(4))
            entries[f"{prefix}values.npy"] = array("<f8", "(1, 1)", bytes(8))
    return archive(entries)


def overlapping(count: int) -> bytes:
    """Many entries with the same data, as a quadratic compression bomb."""
    data = zlib.compress(bytes(1_000_000))[2:-4]
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 33, 0, len(data), 1_000_000, 1, 0)
    content = local + b"x" + data
    directory = b""
    for i in range(count):
        name = f"blocks/{i}/values.npy".encode()
        fields = (b"PK\1\2", 20, 20, 0, 8, 0, 33, 0, len(data), 1_000_000, len(name))
        directory += struct.pack("<4s6H3I5H2I", *fields, 0, 0, 0, 0, 0, 0) + name
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(directory), len(content), 0)
    return content + directory + end


def lying_sizes() -> bytes:
    """A few bytes which say that they are 4 GiB once decompressed."""
    content = bytearray(archive(block(array("<f8", "(1, 1)", bytes(8))), zipfile.ZIP_DEFLATED))
    position = 0
    while (position := content.find(b"PK\1\2", position)) >= 0:
        content[position + 24 : position + 28] = struct.pack("<I", 0xFFFFFFF0)
        position += 4
    return bytes(content)


def many_entries() -> bytes:
    """An end record which announces more entries than can be there."""
    content = bytearray(archive(block(array("<f8", "(1, 1)", bytes(8)))))
    end = content.rfind(b"PK\5\6")
    content[end + 8 : end + 12] = b"\xff\xff\xff\xff"
    return bytes(content)


def zip64(entries: int, size: int, offset: int) -> bytes:
    """A 64-bit end record with absurd numbers."""
    record = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 46, 46, 0, 0, entries, entries, size, offset)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, 0, 1)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return record + locator + end


def extended(description: bytes, descr: str = "|V2", shape: str = "(1, 1)") -> bytes:
    """Values stored as raw bytes, and what says their type."""
    values = array(descr, shape, bytes(2))
    return archive({**block(values), "dtype.json": description}, zipfile.ZIP_DEFLATED)


def local_extra(size: int) -> bytes:
    """An extra field which says that the data comes after the end of the file."""
    content = bytearray(archive(block(array("<f8", "(1, 1)", bytes(8)))))
    position = 0
    while (position := content.find(b"PK\3\4", position)) >= 0:
        content[position + 28 : position + 30] = struct.pack("<H", size)
        position += 4
    return bytes(content)


def shift_data(content: bytes, shift: int) -> bytes:
    """Say that the data of all entries starts later, as if there was more padding."""
    changed = bytearray(content)
    position = 0
    while (position := changed.find(b"PK\3\4", position)) >= 0:
        (size,) = struct.unpack_from("<H", changed, position + 28)
        struct.pack_into("<H", changed, position + 28, size + shift)
        position += 4
    return bytes(changed)


def over_directory() -> bytes:
    """Values, last of the entries, which cover the directory of the archive as well.

    What is mapped in memory is not read, so that nothing can be wrong with its checksum.
    """
    count = 40
    entries = block(array("<f8", f"({count}, 1)", bytes(8)))
    for name in ("samples.npy", "blocks/0/samples.npy"):
        entries[name] = table(["s"], count, struct.pack(f"<{count}i", *range(count)))
    for name in ("values.npy", "blocks/0/values.npy"):
        entries[name] = entries.pop(name)
    content = bytearray(archive(entries))
    size = len(entries["values.npy"]) + 8 * (count - 1)
    for stored in (b"values.npy", b"blocks/0/values.npy"):
        for signature, sizes, start in ((b"PK\3\4", 18, 30), (b"PK\1\2", 20, 46)):
            position = content.find(signature)
            while bytes(content[position + start :][: len(stored)]) != stored:
                position = content.index(signature, position + 4)
            struct.pack_into("<II", content, position + sizes, size, size)
    return bytes(content)


def repeated(name: str, contents: list[bytes]) -> bytes:
    """Entries with the same name, twice."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for entry, data in block(array("|V2", "(1, 1)", bytes(2))).items():
            file.writestr(zipfile.ZipInfo(entry), data)
        for start in ("", "blocks/0/"):
            for content in contents:
                file.writestr(zipfile.ZipInfo(start + name), content)
    return buffer.getvalue()


def gradient_samples(names: list[str], row: int) -> bytes:
    """A gradient which belongs to a sample that does not exist."""
    entries = block(array("<f8", "(1, 1)", bytes(8)))
    for start in ("", "blocks/0/"):
        samples = table(names, 1, struct.pack("<i", row))
        entries[f"{start}gradients/g/samples.npy"] = samples
        entries[f"{start}gradients/g/values.npy"] = array("<f8", "(1, 1)", bytes(8))
    return archive(entries)


def main() -> None:
    """Write all the files."""
    huge = 2**63 - 1
    bfloat16 = b'{"version": 1, "dtype": "bfloat16"}'
    files = {
        "labels-huge": table(["a"], huge),
        "labels-overflow": table(["a", "b"], 2**62),
        "labels-too-large-for-integers": table(["a"], 2**80),
        "labels-zero-columns": table([], huge),
        "header-size": b"\x93NUMPY\2\0" + struct.pack("<I", 0xFFFFFFFF) + b"{",
        "header-nested": npy("{'descr': " + "[" * 60000 + "\n"),
        "header-brackets": npy("(" * 200_000 + "\n", version=2),
        "values-huge": archive(block(array("<f8", f"({huge}, 1)"))),
        "values-overflow": archive(block(array("<f8", f"({2**32}, {2**32})"))),
        "values-zero-times-huge": archive(block(array("<f8", f"(0, {huge})"))),
        "values-many-axes": archive(block(array("<f8", "(" + "1, " * 20000 + ")", bytes(8)))),
        "gradients-deep": deep_gradients(70),
        "entries-overlapping": overlapping(1000),
        "sizes-lying": lying_sizes(),
        "entries-many": many_entries(),
        "zip64-huge": zip64(2**64 - 1, 2**64 - 1, 2**64 - 1),
        "zip64-sum-overflow": zip64(1, 2**63, 2**63),
        "end-records": b"PK\5\6" * 20000,
        "dtype-missing": archive(block(array("|V2", "(1, 1)", bytes(2)))),
        "dtype-version": extended(b'{"version": 18446744073709551615, "dtype": "bfloat16"}'),
        "dtype-deep": extended(b'{"version": ' + b"[" * 100_000),
        "dtype-bomb": extended(bytes(1_000_000)),
        "dtype-size": extended(bfloat16, f"|V{huge}"),
        "dtype-huge": extended(bfloat16, shape=f"({huge}, 1)"),
        "extra-beyond-end": local_extra(0xFFFF),
        "extra-into-values": shift_data(archive(block(array("<f8", "(1, 1)", bytes(8)))), 8),
        "values-over-directory": over_directory(),
        "values-shorter-than-entry": archive(block(array("<f8", "(1, 1)", bytes(16)))),
        "values-longer-than-entry": archive(block(array("<f8", "(1, 1)", bytes(4)))),
        "dtype-twice": repeated("dtype.json", [bfloat16, bfloat16.replace(b"bf", b"f")]),
        "dtype-other-size": extended(bfloat16, "|V4"),
        "samples-less-than-values": archive(block(array("<f8", "(1000, 1)", bytes(8000)))),
        "gradient-sample-negative": gradient_samples(["sample"], -1),
        "gradient-sample-outside": gradient_samples(["sample"], 2**31 - 1),
        "gradient-without-sample": gradient_samples(["other"], 0),
        "json-deep": archive(
            {"keys.npy": table(["k"], 0), "info.json": b"[" * 100_000}, zipfile.ZIP_DEFLATED
        ),
        "json-bomb": archive(
            {"keys.npy": table(["k"], 0), "info.json": bytes(1_000_000)}, zipfile.ZIP_DEFLATED
        ),
    }
    ATTACKS.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (ATTACKS / f"{name}.mts").write_bytes(content)
    print(f"wrote {len(files)} files")


if __name__ == "__main__":
    main()
