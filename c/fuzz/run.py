"""The C core under libFuzzer: ``python c/fuzz/run.py --seconds 60``. Skipped by name where there is no clang.

Built with everything and for levels 0, 3, 5 and 6, with AddressSanitizer and UBSan. Seeds are the frames of
``tests/vectors``; what is worth keeping stays in ``fuzz/corpus``.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FLAGS = ("-std=c99", "-g", "-O1", "-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all")
LEVELS = (7, 6, 5, 3, 0)
FRAMES, PACKET, CODE = (4, 13), (36, 45), (16, 17)
"""Choices that begin an input: what it is, and what both ends know."""


def compiled(clang: str, level: int, folder: Path) -> Path | None:
    """The fuzzer of one level; ``None`` where this clang has no libFuzzer."""
    program = folder / f"fuzz-level-{level}"
    sources = (HERE / "fuzz_core.c", *sorted((HERE.parent / "core").glob("*.c")))
    defines = (f"-DP6LOWPAN_LEVEL={level}", "-I", str(HERE.parent / "core"))
    ended = subprocess.run([clang, *FLAGS, *defines, *map(str, sources), "-o", str(program)], check=False)
    return program if ended.returncode == 0 else None


def write_seeds(folder: Path) -> None:
    """Every list of frames of the corpora, and their packets, under all kinds of choices."""
    folder.mkdir()
    for name in ("decode", "random"):
        for line in (ROOT / "tests" / "vectors" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            request = json.loads(line)
            frames = b"".join(bytes((len(frame) // 2,)) + bytes.fromhex(frame) for frame in request["frames"])
            seeds = [bytes((choices,)) + frames for choices in FRAMES]
            for packet in map(bytes.fromhex, request["expect"] or ()):
                seeds += [bytes((choices,)) + packet for choices in PACKET]
                seeds += [bytes((choices,)) + packet[8:] for choices in CODE]
            for seed in seeds:
                (folder / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)


def main() -> int:
    """Run every fuzzer for its share of the time; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="in all, shared by the levels")
    seconds = max(1, round(parser.parse_args().seconds / len(LEVELS)))
    clang = shutil.which("clang") or shutil.which("clang-14")
    if clang is None:
        print("skipped fuzz_core: no clang on the path (apt-get install clang)")
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_seeds(folder / "seeds")
        held = [fuzz(clang, level, seconds, folder) for level in LEVELS]
    return 0 if all(held) else 1


def fuzz(clang: str, level: int, seconds: int, folder: Path) -> bool:
    """One level: whether the invariant held."""
    program = compiled(clang, level, folder)
    if program is None:
        print("skipped fuzz_core: this clang has no libFuzzer (apt-get install libclang-rt-14-dev)")
        return True
    kept = ROOT / "fuzz" / "corpus" / f"core-level-{level}"
    kept.mkdir(parents=True, exist_ok=True)
    options = (f"-max_total_time={seconds}", "-max_len=1024", f"-artifact_prefix={folder}/", "-print_final_stats=1")
    command = [str(program), str(kept), str(folder / "seeds"), *options]
    ended = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    executions = re.search(r"stat::number_of_executed_units: (\d+)", ended.stderr)
    count = f"{int(executions[1]):,} inputs" if executions else "ended early"
    verdict = "held   " if ended.returncode == 0 else "BROKEN "
    invariant = (HERE / "fuzz_core.c").read_text(encoding="utf-8").splitlines()[0].removeprefix("/* ")
    print(f"{verdict} fuzz_core, level {level}: {count}. {invariant}")
    if ended.returncode != 0:
        print(
            "\n".join(
                line for line in ended.stderr.splitlines() if "#" in line or "ERROR" in line or "runtime" in line
            )[-3000:]
        )
        for path in folder.glob("crash-*"):
            print(f"The input: {path.read_bytes().hex()}")
    return ended.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
