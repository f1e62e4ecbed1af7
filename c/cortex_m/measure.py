"""Builds the C core for a Cortex-M3, and measures: code, RAM and stack; vectors and instructions on QEMU.

``python c/cortex_m/measure.py`` prints a table and writes ``figures.json``; ``--check`` says whether the sizes are
those of the file. What is measured is what an application embeds: the one file of ``p6lowpan export-c``, linked with
``--gc-sections`` from the calls that an application makes. Octets are text and read-only data of that file; those that
the link takes from the C library are said apart, and so is the sum over the core's objects, of which nothing is
dropped. A component is the lines of its files, wherever the compiler put their code. The worst stack is the deepest
path of calls from those two that an application makes, without the C library.
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
from itertools import pairwise
from pathlib import Path

from p6lowpan.capability.profile import flex_field, level_features

HERE = Path(__file__).parent
CORE = HERE.parent / "core"
FIGURES = HERE / "figures.json"
COMPILER, EMULATOR = "arm-none-eabi-gcc", "qemu-system-arm"
SIZE, NAMES, READER = "arm-none-eabi-size", "arm-none-eabi-nm", "arm-none-eabi-readelf"
FLAGS = ("-std=c99", "-Os", "-mcpu=cortex-m3", "-mthumb", "-Wall", "-Wextra", "-pedantic", "-Werror")
LINKED = ("-ffunction-sections", "-fdata-sections")
LEVELS = range(7)
ENTRIES = ("p6_receive", "p6_send")
MESH_ENTRIES = ("p6_read_front", "p6_write_mesh")
LINEAR_ENTRIES = ("p6_level", "p6_set_level", "p6_learn", "p6_tell_level", "p6_told_level")
FLEX_ENTRIES = ("p6_learn", "p6_tell_field", "p6_told_field")
MESH_LEVEL = 5
COMPONENTS = {
    "compression": ("addresses", "chain", "compress", "decompress", "expansion", "ghc"),
    "fragmentation": ("fragment", "reassemble"),
    "headers in front": ("front",),
    "layer": ("layer",),
    "discovery": ("answer", "levels"),
}
"""By how the names of their files begin. The helpers of internal.h count for the layer."""
KNOWN = re.compile("bad/(nhc|truncated/udp)/.*")
"""Vectors that the core answers otherwise: it does not look at what is wrong inside a header above its level."""

KNOWN_FLEX = re.compile("extension/.*/elided/.*|mesh/hops/(15|16|127|255)|bound/growth/51")
"""Those that use what no FLEX field has a bit for: elided padding, and more than 14 hops."""


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
    def entries(self) -> tuple[str, ...]:
        """What an application calls."""
        learns = FLEX_ENTRIES if self.flex else LINEAR_ENTRIES
        return ENTRIES + MESH_ENTRIES * (self.level >= MESH_LEVEL) + learns * self.discovery

    @property
    def options(self) -> tuple[str, ...]:
        """For ``p6lowpan export-c``."""
        return ("--level", str(self.level), *["--discovery"] * self.discovery, *["--flex"] * self.flex)

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


def p6lowpan(*arguments: str) -> None:
    """The command, without its script."""
    run(sys.executable, "-c", "from p6lowpan.cli.main import main; main()", *arguments)


def objects(build: Build, folder: Path) -> list[Path]:
    """Compile every file of the core by itself."""
    found = []
    for source in sorted(CORE.glob("*.c")):
        target = folder / f"{source.stem}.o"
        run(COMPILER, *FLAGS, *build.defines, "-c", str(source), "-o", str(target))
        found.append(target)
    return found


def link(build: Build, source: Path, *more: str) -> Path:
    """What is left of a file that holds all of the core, without the C library."""
    compiled, image = source.with_suffix(".o"), source.with_suffix(".elf")
    run(COMPILER, *FLAGS, *LINKED, "-fcallgraph-info=su", "-c", str(source), "-o", str(compiled), *more)
    roots = [f"-Wl,-u,{name}" for name in build.entries]
    options = ("-nostdlib", "-Wl,--gc-sections", "-Wl,--unresolved-symbols=ignore-all", "-Wl,-e,p6_receive")
    run(COMPILER, *FLAGS[1:4], *options, *roots, str(compiled), "-o", str(image))
    return image


def embedded(build: Build, folder: Path) -> Path:
    """The file of ``p6lowpan export-c``, linked."""
    p6lowpan("export-c", *build.options, str(folder))
    return link(build, folder / "p6lowpan.c", "-I", str(folder))


def octets_of_the_library(build: Build, image: Path) -> int:
    """What a link with the C library (newlib-nano) has more."""
    whole = image.with_name("whole.elf")
    roots = [f"-Wl,-u,{name}" for name in build.entries]
    options = ("-nostartfiles", "--specs=nano.specs", "-Wl,--gc-sections", "-Wl,-e,p6_receive", "-Wl,-z,noexecstack")
    run(COMPILER, *FLAGS[1:4], *options, *roots, str(image.with_suffix(".o")), "-o", str(whole))
    return sizes([whole])["whole"][0] - sizes([image])[image.stem][0]


def sizes(files: list[Path]) -> dict[str, tuple[int, int]]:
    """Octets of code and of static RAM by file."""
    lines = run(SIZE, *map(str, files)).splitlines()[1:]
    rows = (line.split() for line in lines)
    return {Path(row[5]).stem: (int(row[0]), int(row[1]) + int(row[2])) for row in rows}


LINE = re.compile(r"^(\w+)\.[ch] +\d+ +0x([0-9a-f]+)", re.MULTILINE)
DATA = re.compile(r"^[0-9a-f]+ ([0-9a-f]+) [rR] .*/(\w+)\.[ch]:\d+$", re.MULTILINE)
TEXT_SECTION = re.compile(r"\.text +PROGBITS +([0-9a-f]+) +[0-9a-f]+ +([0-9a-f]+)")


def one_file(build: Build, folder: Path) -> Path:
    """The same as the file of ``p6lowpan export-c``, but that the compiler notes of each octet where it is from."""
    source = folder / "all.c"
    lines = "".join(f'#include "{path}"\n' for path in sorted(CORE.glob("*.c")))
    source.write_text(f"#define P6_PART static\n{lines}", encoding="utf-8")
    return link(build, source, *build.defines, "-g")


def components(image: Path) -> dict[str, int]:
    """Every octet of the image by the file that it is from. What only aligns counts for the layer."""
    lines = run(READER, "--debug-dump=decodedline", str(image))
    begins = {int(address, 16): file for file, address in LINE.findall(lines)}  # the last of several is what counts
    section = TEXT_SECTION.search(run(READER, "-S", "-W", str(image)))
    if section is None:
        raise SystemExit(f"{image}: no code is left")
    start = int(section[1], 16)
    end = start + int(section[2], 16)
    addresses = sorted(address for address in begins if start <= address < end)  # what the link dropped is at 0
    octets = dict.fromkeys(COMPONENTS, 0)
    for begin, after in pairwise((*addresses, end)):
        octets[component_of(begins[begin])] += after - begin
    for size, file in DATA.findall(run(NAMES, "-S", "-l", str(image))):
        octets[component_of(file)] += int(size, 16)
    octets["layer"] += sizes([image])[image.stem][0] - sum(octets.values())
    return octets


def component_of(file: str) -> str:
    """Which component a file belongs to."""
    return next((name for name, begins in COMPONENTS.items() if file.startswith(begins)), "layer")


NODE = re.compile(r'node: \{ title: "([^"]+)" label: "[^"]*?(\d+) bytes')
EDGE = re.compile(r'edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"')


def worst_stack(graph: Path) -> int:
    """The deepest path from what an application calls."""
    text = graph.read_text(encoding="utf-8")
    frames = {name: int(octets) for name, octets in NODE.findall(text)}
    calls: dict[str, set[str]] = {}
    for source, target in EDGE.findall(text):
        calls.setdefault(source, set()).add(target)

    def depth(name: str) -> int:
        return frames.get(name, 0) + max(map(depth, calls.get(name, ())), default=0)

    return max(map(depth, ENTRIES))


def on_the_emulator(build: Build, folder: Path) -> dict[str, int]:
    """The vectors of the level, given to the core on a Cortex-M3, and the instructions of a packet."""
    vectors = folder.parent / f"vectors-{build.level}"
    if not vectors.exists():
        vectors.mkdir()
        p6lowpan("vectors", "--format", "c", "--level", str(build.level), "--out", str(vectors))
    field = flex_field(level_features(build.level))
    allowed = (f"-DALLOWED={field}u", f"-DOWN_FLEX={field}u") if build.flex else (f"-DALLOWED={build.level}",)
    image = folder / "run.elf"
    sources = (HERE / "run_vectors.c", vectors / "p6lowpan_vectors.c", folder / "p6lowpan.c")
    options = ("-nostartfiles", "--specs=nano.specs", "-T", str(HERE / "mps2.ld"), "-o", str(image))
    plain = [flag for flag in FLAGS if flag not in ("-pedantic", "-Werror")]
    includes = ("-I", str(folder), "-I", str(vectors))
    run(COMPILER, *plain, *allowed, *includes, *map(str, sources), *options)
    machine = (EMULATOR, "-M", "mps2-an385", "-nographic", "-semihosting", "-icount", "shift=0", "-kernel", str(image))
    lines = [line.split() for line in run(*machine).splitlines()]
    failed = [name for word, name in lines if word == "failed"]
    known = (KNOWN, KNOWN_FLEX) if build.flex else (KNOWN,)
    unknown = [name for name in failed if not any(each.fullmatch(name) for each in known)]
    if unknown:
        raise SystemExit(f"{build.name}: these vectors fail on a Cortex-M3: {' '.join(unknown)}")
    found = {word: int(number) for word, number in lines if word != "failed"}
    if "frame-octets" not in found:
        raise SystemExit(f"{build.name}: the run did not come to its end")
    return found


def measured(build: Build, folder: Path, emulates: bool) -> dict[str, object]:
    """Everything about one build."""
    folder.mkdir()
    image = embedded(build, folder)
    octets, _ = sizes([image])["p6lowpan"]
    parts = components(one_file(build, folder))
    if sum(parts.values()) != octets:
        raise SystemExit(f"{build.name}: the components have {sum(parts.values())} octets of {octets}")
    by_file = sizes(objects(build, folder)).values()
    found: dict[str, object] = {
        "level": build.level,
        "discovery": build.discovery,
        "flex": build.flex,
        "octets": octets,
        "components": parts,
        "octets_of_the_c_library": octets_of_the_library(build, image),
        "octets_of_all_objects": sum(code for code, _ in by_file),
        "static_ram_octets": sum(ram for _, ram in by_file),
        "worst_stack_octets": worst_stack(folder / "p6lowpan.ci"),
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
        "counted": "text and read-only data of the one file of export-c, linked with --gc-sections",
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
