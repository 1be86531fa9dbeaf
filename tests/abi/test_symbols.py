"""The library has the name programs look for, and exports the C API and nothing else."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# the functions of the reference, which prebuilt programs import
RELEASED = re.findall(
    r"\w+",
    """
mts_block mts_block_add_gradient mts_block_copy mts_block_data mts_block_device mts_block_dtype
mts_block_free mts_block_gradient mts_block_gradients_list mts_block_labels mts_block_load
mts_block_load_buffer mts_block_save mts_block_save_buffer mts_disable_panic_printing
mts_get_data_origin mts_labels mts_labels_assume_unique mts_labels_clone mts_labels_difference
mts_labels_dimensions mts_labels_free mts_labels_intersection mts_labels_load
mts_labels_load_buffer mts_labels_position mts_labels_save mts_labels_save_buffer
mts_labels_select mts_labels_union mts_labels_values mts_labels_values_cpu mts_last_error
mts_register_data_origin mts_set_last_error mts_tensormap mts_tensormap_block_by_id
mts_tensormap_components_to_properties mts_tensormap_copy mts_tensormap_device
mts_tensormap_dtype mts_tensormap_free mts_tensormap_get_info mts_tensormap_info_keys
mts_tensormap_keys mts_tensormap_keys_to_properties mts_tensormap_keys_to_samples
mts_tensormap_load mts_tensormap_load_buffer mts_tensormap_save mts_tensormap_save_buffer
mts_tensormap_set_info mts_version
""",
)


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def library() -> str:
    if not sys.platform.startswith("linux"):
        pytest.skip("the tools to read other libraries are different")
    for tool in ("nm", "readelf"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is needed to read the library")
    from metatensor._c_lib import _lib_path

    return _lib_path()


def test_released_functions_are_declared() -> None:
    assert len(RELEASED) == 53
    api = json.loads((ROOT / "c-api" / "api.json").read_text())
    assert {function["name"] for function in api["functions"]} >= set(RELEASED)
    exports = (ROOT / "c-api" / "exports.map").read_text()
    assert set(re.findall(r"\b(mts_\w+);", exports)) == {f["name"] for f in api["functions"]}
    additions = {function["name"] for function in api["functions"] if function["addition"]}
    assert additions == {f["name"] for f in api["functions"]} - set(RELEASED)


def test_exported_symbols(library: str) -> None:
    lines = _run("nm", "--dynamic", "--defined-only", library).splitlines()
    symbols = {line.split()[-1]: line.split()[-2] for line in lines}
    exports = (ROOT / "c-api" / "exports.map").read_text()
    assert set(symbols) == set(re.findall(r"\b(mts_\w+);", exports))
    # plain functions, without symbol versions
    assert set(symbols.values()) == {"T"}
    assert not any("@" in name for name in symbols)


def test_soname(library: str) -> None:
    dynamic = _run("readelf", "--dynamic", "--wide", library)
    assert re.findall(r"\(SONAME\).*\[(.*)\]", dynamic) == ["libmetatensor.so"]
    # nothing but the C library and the unwinder
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic)
    allowed = ("libc.", "libm.", "libgcc_s.", "libpthread.", "libdl.", "librt.", "ld-linux")
    assert all(name.startswith(allowed) for name in needed), needed
