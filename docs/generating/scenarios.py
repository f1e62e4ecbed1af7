"""The pages of scenario files and of a gateway's configuration: every table, and every key with what it takes."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from generating.markdown import page, prose, table
from p6lowpan.capability.profile import Profile
from p6lowpan.configuration.keys import REQUIRED, Key, keys_of
from p6lowpan.gateway.plan import GatewayPlan
from p6lowpan.simulator.scenario.plan import Scenario
from p6lowpan.simulator.scenario.shapes import FilePlan

Section = list[str]


def scenarios_page() -> str:
    """Every table of a scenario's file."""
    return page(
        "Scenario files",
        [
            "What a TOML file for `p6lowpan run` holds. A required key must be there;"
            " one that is not listed is an error. [Simulating networks](../simulating.md) shows them in examples.",
        ],
        *_sections(Scenario, "", "The file"),
        *_sections(FilePlan, "", "A topology's file"),
    )


def gateway_page() -> str:
    """Every table of a gateway's configuration."""
    return page(
        "A gateway's configuration",
        [
            "What a TOML file for `p6lowpan gateway` holds. A required key must be there;"
            " one that is not listed is an error. [The gateway](../gateway.md) shows them in examples.",
        ],
        *_sections(GatewayPlan, "", "The file"),
    )


def _sections(cls: type[Any], path: str, title: str) -> Iterator[Section]:
    """A table's section, then those of the tables inside."""
    yield [f"## {title}", "", prose(cls)]
    keys = tuple(keys_of(cls))
    if keys:
        yield table(("key", "takes", "default", "meaning"), map(_row, keys))
    for key in keys:
        inside = f"{path}.{key.name}" if path else key.name
        for value, each in key.kind.classes.items():
            tagged = f', `{key.kind.tag} = "{value}"`' if value else ""
            yield from _sections(each, inside, f"`{inside}`{tagged}")


def _row(key: Key) -> tuple[str, ...]:
    return f"`{key.name}`", key.kind.expected, _default(key), key.meaning


def _default(key: Key) -> str:
    """A default as a file would say it; nothing, where it is that nothing is said."""
    match key.default:
        case StrEnum() as word:
            return f'`"{word}"`'
        case bool() as flag:
            return f"`{str(flag).lower()}`"
        case Profile() as profile:
            return f'`"{profile.name}"`'
        case int() as number:
            return f"`{number / key.kind.unit:g}`"
        case str() as text if text:
            return f'`"{text}"`'
        case tuple() as values if values:
            return ", ".join(f'`"{value}"`' if isinstance(value, str) else f"`{value}`" for value in values)
        case default if default is REQUIRED:
            return "required"
    return ""
