"""Instructions of a packet on this machine: ``python c/instructions/count.py``. Without valgrind it is skipped by name.

The core is built with everything and ``-O2``; callgrind counts a thousand calls, less a run that calls nothing. The
figure is the same on every machine of one kind with one compiler, whatever else it does.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
CORE = HERE.parent / "core"
COMPILER, COUNTER = "gcc", "valgrind"
FLAGS = ("-std=c99", "-O2", "-Wall", "-Wextra", "-pedantic", "-Werror", "-DP6LOWPAN_LEVEL=7", "-I", str(CORE))
TASKS = {
    "expand": "expand a packet of 56 octets (p6_expand)",
    "compress": "compress it (p6_compress)",
    "code": "compress it, and look for byte code",
}
CALLS = 1000
COLLECTED = re.compile(r"Collected : (\d+)")


def missing() -> str | None:
    """The program that this needs and that is not on the path."""
    return next((name for name in (COMPILER, COUNTER) if shutil.which(name) is None), None)


def compiled(folder: Path) -> Path:
    """The program that does one task so many times."""
    program = folder / "count"
    sources = (HERE / "count.c", *sorted(CORE.glob("*.c")))
    subprocess.run([COMPILER, *FLAGS, *map(str, sources), "-o", str(program)], check=True)
    return program


def instructions(program: Path, task: str) -> int:
    """Of one call."""
    return round((_collected(program, task, CALLS) - _collected(program, task, 0)) / CALLS)


def _collected(program: Path, task: str, calls: int) -> int:
    command = (COUNTER, "--tool=callgrind", "--callgrind-out-file=/dev/null", str(program), task, str(calls))
    said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    found = COLLECTED.search(said)
    if found is None:
        raise SystemExit(f"callgrind counted nothing: {said}")
    return int(found[1])


def main() -> int:
    """Print them."""
    if (name := missing()) is not None:
        print(f"{name} is missing (apt-get install gcc valgrind): no instructions are counted")
        return 0
    print(subprocess.run([COMPILER, "--version"], check=True, capture_output=True, text=True).stdout.splitlines()[0])
    with tempfile.TemporaryDirectory() as folder:
        program = compiled(Path(folder))
        for task, said in TASKS.items():
            print(f"{instructions(program, task):>7,}  {said}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
