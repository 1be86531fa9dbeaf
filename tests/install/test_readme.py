"""The examples of the README run as they are, one after the other."""

from __future__ import annotations

import re
from pathlib import Path

from test_wheels import ROOT, run

CMAKE = """
cmake_minimum_required(VERSION 3.22)
project(readme CXX)
find_package(metatensor REQUIRED)
add_executable(main main.cpp)
target_link_libraries(main metatensor)
"""


def example(language: str) -> str:
    """The only block of code in this language."""
    blocks = re.findall(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    (code,) = blocks
    return str(code)


def test_examples(empty_python: Path, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(example("python"))
    printed = run(empty_python, "-W", "error", "main.py", cwd=tmp_path)
    assert printed == "[[4. 6.]\n [5. 6.]]\n"
    assert (tmp_path / "per-system.mts").exists()

    (tmp_path / "main.cpp").write_text(example("cpp"))
    (tmp_path / "CMakeLists.txt").write_text(CMAKE)
    code = "import metatensor.utils as u; print(u.cmake_prefix_path)"
    prefix = run(empty_python, "-c", code).strip()
    build = tmp_path / "build"
    run("cmake", f"-S{tmp_path}", f"-B{build}", f"-DCMAKE_PREFIX_PATH={prefix}")
    run("cmake", "--build", build)
    printed = run(build / "main", cwd=tmp_path)
    assert printed == "rows are labelled by system\nfirst value: 4\n"
