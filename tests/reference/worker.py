"""A process which runs programs with the reference implementation."""

from __future__ import annotations

import contextlib
import json
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

from harness import PROGRAMS, environment


class Worker:
    """A process of another environment, started again when a program made it crash.

    :param flavour: ``"torch"`` for the classes of TorchScript
    """

    def __init__(self, python: Path | str, flavour: str = "plain") -> None:
        self.python = python
        self.flavour = flavour
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop()

    def run(self, program: list[Any]) -> list[dict[str, Any]]:
        """Results of a program, those which are missing are the error ``crash``."""
        if self.process is None:
            self.process = subprocess.Popen(
                [str(self.python), str(PROGRAMS / "machine.py"), self.flavour],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # where it says that it panicked
                stderr=subprocess.DEVNULL,
                text=True,
                env=environment(self.python),
            )
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        with contextlib.suppress(BrokenPipeError):
            stdin.write(json.dumps(program) + "\n")
            stdin.flush()
        answer = stdout.readline()
        if answer:
            results: list[dict[str, Any]] = json.loads(answer)
            return results
        self._stop()
        return [{"error": "crash", "message": ""}] * len(program)

    def _stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            with contextlib.suppress(BrokenPipeError):
                self.process.communicate()
            self.process = None
