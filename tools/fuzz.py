"""Run the fuzz targets of ``metatensor-core/fuzz`` and keep what they find.

``python tools/fuzz.py run [target...]`` fuzzes each target for ``METATENSOR_FUZZ_SECONDS``;
``python tools/fuzz.py minimize [target...]`` replaces the inputs in ``corpus/``, which are tested
by ``cargo test``, by a small set reaching the same code, also from what was found since.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FUZZ = ROOT / "metatensor-core" / "fuzz"
CORPUS = FUZZ / "corpus"
# everything ever found, not part of the repository
FOUND = ROOT / "build" / "fuzz"
# memory and time are limited: an input of a few kilobytes needs little of both
LIMITS = ["-rss_limit_mb=1024", "-malloc_limit_mb=256", "-timeout=10"]


def cargo_fuzz(target: str, folders: list[Path], options: list[str]) -> None:
    """Run one target."""
    command = ["cargo", "+nightly", "fuzz", "run", "--fuzz-dir", str(FUZZ), target]
    command += [str(folder) for folder in folders]
    subprocess.run([*command, "--", *options], cwd=ROOT, check=True)


def run(target: str) -> None:
    """Look for new inputs."""
    (FOUND / target).mkdir(parents=True, exist_ok=True)
    seconds = os.environ.get("METATENSOR_FUZZ_SECONDS", "60")
    options = [*LIMITS, f"-dict={FUZZ / 'files.dict'}", f"-max_total_time={seconds}"]
    cargo_fuzz(target, [FOUND / target, CORPUS / target], options)


def minimize(target: str) -> None:
    """Keep few inputs which reach all the code reached until now."""
    minimal = FOUND / f"{target}-minimal"
    shutil.rmtree(minimal, ignore_errors=True)
    minimal.mkdir(parents=True)
    (FOUND / target).mkdir(exist_ok=True)
    # once each part of the code, however many times it runs
    options = ["-set_cover_merge=1", "-use_counters=0", "-max_len=6000"]
    cargo_fuzz(target, [minimal, FOUND / target, CORPUS / target], options)
    shutil.rmtree(CORPUS / target)
    minimal.rename(CORPUS / target)


def main() -> None:
    """Parse the command line and run it."""
    actions = {"run": run, "minimize": minimize}
    targets = sorted(path.stem for path in (FUZZ / "fuzz_targets").glob("*.rs"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=list(actions))
    parser.add_argument("target", nargs="*", help="all if there are none")
    arguments = parser.parse_args()
    for target in arguments.target or targets:
        actions[arguments.action](target)


if __name__ == "__main__":
    main()
