"""The log of a node: each input with its time, a line of JSON. Replayed, it gives the same outputs.

    {"now": 1234, "input": "FrameReceived", "octets": "41d8...", "link_quality": 255}

Octets are in hex, a list is one of texts, and what has its default is left out.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, fields
from typing import Any, get_args

from p6lowpan.capability.errors import UsageError
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.node.inputs import Input
from p6lowpan.node.node import Node
from p6lowpan.node.outputs import Output

Entry = tuple[int, Input]
INPUTS = {kind.__name__: kind for kind in get_args(Input)}


def entry_line(now: int, given: Input) -> str:
    """One line of a log, without its end."""
    record: dict[str, Any] = {"now": now, "input": type(given).__name__}  # Any: what JSON can hold
    for field in fields(given):
        value = getattr(given, field.name)
        if field.default is MISSING or value != field.default:
            record[field.name] = value.hex() if isinstance(value, bytes) else value
    return json.dumps(record)


def read_line(line: str) -> Entry:
    """What a line says. Raises :class:`UsageError` for a line that no log has."""
    try:
        record = json.loads(line)
        now, kind = record.pop("now"), INPUTS[record.pop("input")]
        texts = {field.name for field in fields(kind) if field.type is str}
        given = kind(**{name: value if name in texts else _value(value) for name, value in record.items()})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"no line of a node's log: {line[:80]!r} ({error})") from None
    if not isinstance(now, int):
        raise UsageError(f"no line of a node's log: {now!r} is no time")
    return now, given


def _value(value: Any) -> Any:  # Any: of JSON, and of an input's field
    if isinstance(value, list):
        return tuple(map(str, value))
    return bytes.fromhex(value) if isinstance(value, str) else value


def read_log(lines: Iterable[str]) -> Iterator[Entry]:
    """The entries of a log. Raises :class:`UsageError`."""
    return (read_line(line) for line in lines if line.strip())


def replay(configuration: NodeConfiguration, entries: Iterable[Entry]) -> Iterator[tuple[int, Output]]:
    """What a fresh node puts out for the same inputs."""
    node = Node(configuration)
    for now, given in entries:
        for output in node.handle(now, given):
            yield now, output
