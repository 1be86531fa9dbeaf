"""Python code in a new process, where nothing is imported yet."""

import os
import subprocess
import sys
import textwrap

import metatensor

PACKAGE = os.path.dirname(metatensor.__file__)


def run(code, *args, **environment):
    """Run Python code in a new process, with warnings as errors."""
    path = os.pathsep.join([os.path.dirname(PACKAGE), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(code), *args],
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
