"""Runs every fuzz target in this directory for a share of the time; a crash of any ends in exit status 1.

A target is a file ``fuzz_*.py`` that calls ``atheris.Fuzz()``. What it learns is kept in fuzz/corpus/<target>, and
octets that crash it in fuzz/corpus/<target>-crash-<digest>.
"""

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"


def run(target: Path, seconds: int) -> bool:
    """Whether ``target`` found nothing in ``seconds``."""
    corpus = CORPUS / target.stem
    corpus.mkdir(parents=True, exist_ok=True)
    options = [f"-max_total_time={seconds}", f"-artifact_prefix={corpus}-", "-verbosity=0", "-print_final_stats=1"]
    print(f"{target.name}: {seconds} s", flush=True)
    return subprocess.run([sys.executable, target, *options, corpus], check=False).returncode == 0


def main() -> int:
    """Run them all, even behind one that fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="for all targets together")
    arguments = parser.parse_args()
    targets = sorted(HERE.glob("fuzz_*.py"))
    if not targets:
        print(f"no fuzz target in {HERE}")
        return 1
    share = max(arguments.seconds // len(targets), 1)
    failed = [target.name for target in targets if not run(target, share)]
    print(f"{len(targets) - len(failed)} of {len(targets)} targets found nothing" + "".join(f"; {name}" for name in failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
