"""``p6lowpan vectors``: conformance vectors for any 6LoWPAN stack, as JSON, C or Rust."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from p6lowpan.capability.errors import UsageError
from p6lowpan.cli.output import write
from p6lowpan.interop.conformance.formats import c_source, json_document, rust_source
from p6lowpan.interop.conformance.formats.schema import schema as schema_of_document
from p6lowpan.interop.conformance.suite import Suite, profile_of, suite

FORMATS: dict[str, Callable[[Suite], dict[str, str]]] = {
    "json": json_document.files,
    "c": c_source.files,
    "rust": rust_source.files,
}


def vectors(
    form: Annotated[str, typer.Option("--format", metavar="NAME", help="json, c (two files) or rust.")] = "json",
    level: Annotated[
        str, typer.Option("--level", metavar="LEVEL", help="0 to 6, rfc6282 for stock stacks, or flex:XXXXXXXX.")
    ] = "rfc6282",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="PATH", help="A folder, or a file by its ending. C needs a folder.")
    ] = None,
    only: Annotated[
        str, typer.Option("--only", metavar="PREFIX", help="Vectors whose id begins so: address/64-64, send/udp.")
    ] = "",
    names: Annotated[bool, typer.Option("--list", help="The ids alone, with what each tries.")] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="The JSON Schema of the JSON form, and nothing else.")
    ] = False,
) -> None:
    """Write the conformance corpus: what a node must receive, answer or refuse, and what it may send."""
    if schema:
        write(iter([json.dumps(schema_of_document(), indent=1)]))
        return
    if form not in FORMATS:
        raise UsageError(f"--format is {', '.join(FORMATS)}, not {form!r}")
    chosen = suite(profile_of(level), only)
    if names:
        write(_lines(chosen))
        return
    files = FORMATS[form](chosen)
    if out is None:
        if len(files) > 1:
            raise UsageError(f"--format {form} makes {len(files)} files: give --out a folder")
        write(iter(text.removesuffix("\n") for text in files.values()))
    else:
        _save(files, out)


def _lines(chosen: Suite) -> Iterator[str]:
    rows = [(vector.case.name, vector.case.about) for vector in chosen.receive]
    rows += [(vector.name, vector.about) for vector in chosen.send]
    rows += [(lesson.name, lesson.about) for lesson in chosen.learn]
    width = max(len(name) for name, _ in rows)
    return (f"{name:{width}}  {about}" for name, about in rows)


def _save(files: dict[str, str], out: Path) -> None:
    """Into a folder under the files' own names; a single file under the name that is given, if it is one."""
    if out.suffix and not out.is_dir():
        if len(files) > 1:
            raise UsageError(f"{len(files)} files do not fit into {out}: give --out a folder")
        out.write_text(next(iter(files.values())), encoding="utf-8", newline="\n")
        return
    out.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (out / name).write_text(text, encoding="utf-8", newline="\n")
