"""A scenario's text as a value, and the scenarios that come with the package."""

from importlib.resources import files

from p6lowpan.capability.errors import UsageError
from p6lowpan.configuration.toml_file import read_toml
from p6lowpan.simulator.scenario.plan import Scenario

SUFFIX = ".toml"


def read_scenario(text: str, file: str) -> Scenario:
    """The scenario that ``text`` is; ``file`` is for errors. Raises :class:`UsageError`."""
    return read_toml(Scenario, text, file)


def builtin_names() -> tuple[str, ...]:
    """The scenarios that come with the package."""
    names = (each.name for each in files("p6lowpan.simulator").joinpath("scenarios").iterdir())
    return tuple(sorted(name.removesuffix(SUFFIX) for name in names if name.endswith(SUFFIX)))


def builtin_text(name: str) -> str:
    """The text of one of them. Raises :class:`UsageError`."""
    if name not in builtin_names():
        raise UsageError(f"there is no scenario {name!r}: {', '.join(builtin_names())}, or a file {SUFFIX}")
    return files("p6lowpan.simulator").joinpath("scenarios", name + SUFFIX).read_text(encoding="utf-8")


def builtin(name: str) -> Scenario:
    """One of them. Raises :class:`UsageError`."""
    return read_scenario(builtin_text(name), name + SUFFIX)
