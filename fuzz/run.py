"""Every fuzz target for its share of the time: ``make fuzz``, or ``python -m fuzz.run [--seconds 60] [TARGET...]``.

Seeds are made of ``tests/vectors`` at the start; what the fuzzer finds worth keeping stays in ``fuzz/corpus``, so that
each run goes deeper. Where an invariant breaks, the input is printed, and the exit status is 1. To see it again without
the fuzzer: ``python -m fuzz.run --input HEX TARGET``.
"""

import argparse
import hashlib
import importlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
TARGETS = tuple(sorted(path.stem for path in HERE.glob("fuzz_*.py")))
LONGEST_INPUT = 2048
SLOWEST_SECONDS = 20
MOST_MEGABYTES = 2048


def main() -> int:
    """Run what the command line asks for; the exit status."""
    asked = _arguments()
    if asked.input is not None:
        for name in asked.targets:
            importlib.import_module(f"fuzz.{name}").check(bytes.fromhex(asked.input))
        return 0
    held = [fuzz(name, max(1, round(asked.seconds / len(asked.targets)))) for name in asked.targets]
    return 0 if all(held) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run the fuzz targets.")
    parser.add_argument("--seconds", type=float, default=60, help="in all, shared by the targets")
    parser.add_argument("--input", metavar="HEX", help="check these octets alone, without the fuzzer")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    asked = parser.parse_args()
    unknown = set(asked.targets) - set(TARGETS)
    if unknown:
        parser.error(f"no such target: {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    asked.targets = asked.targets or list(TARGETS)
    return asked


def fuzz(name: str, seconds: int) -> bool:
    """Run one target, and report: whether its invariant held."""
    kept = CORPUS / name
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        seeds, broken = Path(folder, "seeds"), Path(folder, "broken")
        write_seeds(name, seeds)
        broken.mkdir()
        command = [
            *(sys.executable, "-m", "fuzz.drive", name, str(kept), str(seeds)),
            *(f"-max_total_time={seconds}", f"-max_len={LONGEST_INPUT}", f"-artifact_prefix={broken}/"),
            *(f"-timeout={SLOWEST_SECONDS}", f"-rss_limit_mb={MOST_MEGABYTES}", "-print_final_stats=1"),
        ]
        ended = subprocess.run(command, capture_output=True, text=True, errors="replace", cwd=HERE.parent, check=False)
        return _report(name, ended, sorted(broken.iterdir()))


def write_seeds(name: str, folder: Path) -> None:
    """One file a seed, named by its contents."""
    folder.mkdir()
    for seed in importlib.import_module(f"fuzz.{name}").seeds():
        (folder / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)


def _report(name: str, ended: subprocess.CompletedProcess[str], broken: list[Path]) -> bool:
    invariant = (importlib.import_module(f"fuzz.{name}").__doc__ or "").splitlines()[0]
    executions = re.search(r"stat::number_of_executed_units: (\d+)", ended.stderr)
    count = f"{int(executions[1]):,} inputs" if executions else "ended early"
    if ended.returncode == 0:
        print(f"held    {name}: {count}. {invariant}")
        return True
    print(f"BROKEN  {name}: {count}. {invariant}")
    print((ended.stdout + ended.stderr)[-4000:])
    for path in broken:
        print(f"The input: python -m fuzz.run --input {path.read_bytes().hex()} {name}")
    return False


if __name__ == "__main__":
    sys.exit(main())
