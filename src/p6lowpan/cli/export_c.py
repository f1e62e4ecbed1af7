"""``p6lowpan export-c``: the C core of one level as two files, and an example that uses them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from p6lowpan import __version__
from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.features import HIGHEST_LEVEL
from p6lowpan.cli.output import complain

HEADER, SOURCE, EXAMPLE = "p6lowpan.h", "p6lowpan.c", "example.c"
PUBLIC = ("config.h", "tables.h", "p6lowpan.h")
SHARED = ("pieces.h", "internal.h", "expansion.h", "compression.h")
LOCAL_INCLUDE = re.compile(r'#include "\w+\.h"\n+')
ONE_FILE = """\
/* Of the functions, only those of the header are the application's. */
#ifndef P6_PART
#define P6_PART static
#endif
"""


def export_c(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the files go; it is made where it is missing.")],
    level: Annotated[int, typer.Option("--level", metavar="N", help="0 to 6: what is compiled, and nothing above.")],
    discovery: Annotated[
        bool, typer.Option("--discovery", help="With the class-unsupported error and the neighbors' levels.")
    ] = False,
    flex: Annotated[bool, typer.Option("--flex", help="With a field of features in place of one level.")] = False,
) -> None:
    """Write p6lowpan.h and p6lowpan.c for an application in C99, and example.c, which shows how to call them."""
    if not 0 <= level <= HIGHEST_LEVEL:
        raise UsageError(f"--level is 0 to {HIGHEST_LEVEL}, not {level}")
    core = _core()
    chosen = {"P6LOWPAN_LEVEL": level, "P6LOWPAN_DISCOVERY": int(discovery), "P6LOWPAN_FLEX": int(flex)}
    files = {
        HEADER: "".join(_header(core, chosen)),
        SOURCE: "".join(_source(core)),
        EXAMPLE: (core / "example" / EXAMPLE).read_text("utf-8"),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    complain(f"{folder}: {', '.join(files)}; the example: cc -std=c99 -Os {SOURCE} {EXAMPLE}")


def _core() -> Path:
    """Where the C files are: in the installed package, or in the checkout that it runs from."""
    package = Path(__file__).parents[1]
    for folder in (package / "c_source", package.parents[1] / "c" / "core"):
        if (folder / "p6lowpan.h").is_file():
            return folder
    raise UsageError("this installation of p6lowpan has no C files: they are in its wheel and in its repository")


def _header(core: Path, chosen: dict[str, int]) -> Iterator[str]:
    """What was chosen, then the three public headers, which guard themselves."""
    yield f"/* p6lowpan {__version__}, Apache-2.0: two files made by p6lowpan export-c. */\n"
    yield from (f"#define {name} {value}\n" for name, value in chosen.items())
    for name in PUBLIC:
        yield "\n" + _text(core / name)


def _source(core: Path) -> Iterator[str]:
    """Every file of the core, one behind the other."""
    yield f"/* p6lowpan {__version__}, Apache-2.0. What is compiled is chosen in {HEADER}. */\n"
    yield f'#include "{HEADER}"\n\n'
    yield ONE_FILE
    for path in (*(core / name for name in SHARED), *sorted(core.glob("*.c"))):
        yield f"\n/* ==== {path.name} ==== */\n\n" + _text(path)


def _text(path: Path) -> str:
    return LOCAL_INCLUDE.sub("", path.read_text("utf-8"))
