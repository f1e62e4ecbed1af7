"""Builds the C core for a Cortex-M3, and measures: code, RAM and stack; vectors and instructions on QEMU.

``python c/cortex_m/measure.py`` prints a table and writes ``figures.json``; ``--check`` says whether the sizes are
those of the file. Octets of code are text and read-only data, summed over the objects: nothing is left out that a
linker might drop. The worst stack is the deepest path of calls from the two that an application makes, without the C
library.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from p6lowpan.capability.profile import flex_field, level_features

HERE = Path(__file__).parent
CORE = HERE.parent / "core"
FIGURES = HERE / "figures.json"
COMPILER, SIZE, EMULATOR = "arm-none-eabi-gcc", "arm-none-eabi-size", "qemu-system-arm"
FLAGS = ("-std=c99", "-Os", "-mcpu=cortex-m3", "-mthumb", "-Wall", "-Wextra", "-pedantic", "-Werror")
LEVELS = range(7)
ENTRIES = ("p6_receive", "p6_send")
COMPONENTS = {
    "compression": ("addresses", "chain", "compress", "decompress", "ghc"),
    "fragmentation": ("fragment", "reassemble"),
    "headers in front": ("front",),
    "layer": ("layer",),
    "discovery": ("answer", "levels"),
}
KNOWN = re.compile("fragment/bad/overlap/middle|bad/(nhc|truncated/udp)/.*")
"""Vectors that the core answers otherwise. It keeps no ranges of fragments, so that octets which are all there are a
repetition; and below level 4 it does not look at what is wrong inside a header that is above its level."""


@dataclass(frozen=True)
class Build:
    """What is chosen at compile time."""

    level: int
    discovery: bool
    flex: bool

    @property
    def name(self) -> str:
        """As it is called in the figures."""
        return f"level-{self.level}{'-discovery' if self.discovery else ''}{'-flex' if self.flex else ''}"

    @property
    def defines(self) -> tuple[str, ...]:
        """For the compiler."""
        return (
            f"-DP6LOWPAN_LEVEL={self.level}",
            f"-DP6LOWPAN_DISCOVERY={int(self.discovery)}",
            f"-DP6LOWPAN_FLEX={int(self.flex)}",
        )


def builds() -> Iterator[Build]:
    """Every level with and without discovery, linear and FLEX."""
    for level in LEVELS:
        for flex in (False, True):
            yield Build(level, False, flex)
            yield Build(level, True, flex)


def run(*command: str) -> str:
    """The output of a command that must succeed; semihosting speaks on standard error."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout


def objects(build: Build, folder: Path) -> list[Path]:
    """Compile every file of the core, with what it says of its stack beside it."""
    found = []
    for source in sorted(CORE.glob("*.c")):
        target = folder / f"{source.stem}.o"
        run(COMPILER, *FLAGS, *build.defines, "-fcallgraph-info=su", "-c", str(source), "-o", str(target))
        found.append(target)
    return found


def sizes(files: list[Path]) -> dict[str, tuple[int, int]]:
    """Octets of code and of static RAM by file."""
    lines = run(SIZE, *map(str, files)).splitlines()[1:]
    rows = (line.split() for line in lines)
    return {Path(row[5]).stem: (int(row[0]), int(row[1]) + int(row[2])) for row in rows}


NODE = re.compile(r'node: \{ title: "([^"]+)" label: "[^"]*?(\d+) bytes')
EDGE = re.compile(r'edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"')


def worst_stack(folder: Path) -> int:
    """The deepest path from what an application calls."""
    frames: dict[str, int] = {}
    calls: dict[str, set[str]] = {}
    for graph in folder.glob("*.ci"):
        text = graph.read_text(encoding="utf-8")
        frames |= {name.rsplit("/", 1)[-1]: int(octets) for name, octets in NODE.findall(text)}
        for source, target in EDGE.findall(text):
            calls.setdefault(source.rsplit("/", 1)[-1], set()).add(target.rsplit("/", 1)[-1])

    def depth(name: str) -> int:
        return frames.get(name, 0) + max(map(depth, calls.get(name, ())), default=0)

    return max(map(depth, ENTRIES))


def on_the_emulator(build: Build, folder: Path) -> dict[str, int]:
    """The vectors of the level, given to the core on a Cortex-M3, and the instructions of a packet."""
    vectors = folder.parent / f"vectors-{build.level}"
    if not vectors.exists():
        vectors.mkdir()
        command = (sys.executable, "-c", "from p6lowpan.cli.main import main; main()", "vectors", "--format", "c")
        run(*command, "--level", str(build.level), "--out", str(vectors))
    field = flex_field(level_features(build.level))
    allowed = (f"-DALLOWED={field}u", f"-DOWN_FLEX={field}u") if build.flex else (f"-DALLOWED={build.level}",)
    image = folder / "run.elf"
    sources = (HERE / "run_vectors.c", vectors / "p6lowpan_vectors.c", *sorted(CORE.glob("*.c")))
    options = ("-nostartfiles", "--specs=nano.specs", "-T", str(HERE / "mps2.ld"), "-o", str(image))
    plain = [flag for flag in FLAGS if flag not in ("-pedantic", "-Werror")]
    includes = ("-I", str(CORE), "-I", str(vectors))
    run(COMPILER, *plain, *build.defines, *allowed, *includes, *map(str, sources), *options)
    machine = (EMULATOR, "-M", "mps2-an385", "-nographic", "-semihosting", "-icount", "shift=0", "-kernel", str(image))
    lines = [line.split() for line in run(*machine).splitlines()]
    failed = [name for word, name in lines if word == "failed"]
    unknown = [name for name in failed if not KNOWN.fullmatch(name)]
    if unknown:
        raise SystemExit(f"{build.name}: these vectors fail on a Cortex-M3: {' '.join(unknown)}")
    found = {word: int(number) for word, number in lines if word != "failed"}
    if "frame-octets" not in found:
        raise SystemExit(f"{build.name}: the run did not come to its end")
    return found


def measured(build: Build, folder: Path, emulates: bool) -> dict[str, object]:
    """Everything about one build."""
    folder.mkdir()
    by_file = sizes(objects(build, folder))
    found: dict[str, object] = {
        "level": build.level,
        "discovery": build.discovery,
        "flex": build.flex,
        "octets": sum(code for code, _ in by_file.values()),
        "components": {name: sum(by_file[file][0] for file in files) for name, files in COMPONENTS.items()},
        "static_ram_octets": sum(ram for _, ram in by_file.values()),
        "worst_stack_octets": worst_stack(folder),
    }
    if emulates and not (build.flex and build.discovery):  # a FLEX error says other things than a level's
        found["emulated"] = on_the_emulator(build, folder)
    return found


def figures(emulates: bool) -> dict[str, object]:
    """All of them."""
    with tempfile.TemporaryDirectory() as folder:
        rows = {build.name: measured(build, Path(folder) / build.name, emulates) for build in builds()}
    return {
        "compiler": run(COMPILER, "--version").splitlines()[0],
        "flags": " ".join(FLAGS[1:4]),
        "counted": "text and read-only data, summed over all objects of the core",
        "neighbor_bits": {"linear": 3, "flex": 32},
        "builds": rows,
    }


def table(found: dict[str, object]) -> Iterator[str]:
    """For people."""
    yield f"{found['compiler']}, {found['flags']}"
    yield f"{'build':24}{'code':>7}{'RAM':>5}{'stack':>7}  {'  '.join(COMPONENTS)}"
    rows = found["builds"]
    assert isinstance(rows, dict)  # noqa: S101 - ours
    for name, row in rows.items():
        numbers = (row["octets"], row["static_ram_octets"], row["worst_stack_octets"])
        parts = "  ".join(f"{octets:>{len(part)}}" for part, octets in row["components"].items())
        ran = row.get("emulated")
        said = (
            f"  {ran['receive'] + ran['send'] - ran['failures']} of {ran['receive'] + ran['send']} vectors"
            if ran
            else ""
        )
        yield "{:24}{:>7}{:>5}{:>7}  ".format(name, *numbers) + parts + said


def main() -> int:
    """Print and write, or compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where the sizes are others")
    checks = parser.parse_args().check
    if shutil.which(COMPILER) is None:
        print(f"{COMPILER} is missing (apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi): nothing is measured")
        return 0
    emulates = shutil.which(EMULATOR) is not None
    if not emulates:
        print(f"{EMULATOR} is missing (apt-get install qemu-system-arm): sizes only, no vectors are run")
    found = figures(emulates and not checks)
    print("\n".join(table(found)))
    if not checks:
        if emulates:
            FIGURES.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        return 0
    kept = json.loads(FIGURES.read_text(encoding="utf-8"))
    if kept["compiler"] != found["compiler"]:
        print(f"figures.json is of another compiler, {kept['compiler']}: not compared")
        return 0
    return int(any(kept["builds"][name]["octets"] != row["octets"] for name, row in found["builds"].items()))  # type: ignore[attr-defined] # ours


if __name__ == "__main__":
    sys.exit(main())
