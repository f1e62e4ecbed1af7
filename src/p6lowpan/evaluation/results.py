"""What was measured: values by name, each with the function that finds it."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from p6lowpan.capability.errors import UsageError

Value = int | float | str | bool | None
"""``None``: not measured."""

Values = Mapping[str, Value]
"""By name, without the experiment's."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """``run`` measures; ``quick`` makes it smaller: fewer entries, the same values. ``how`` says it in words."""

    name: str
    how: str
    run: Callable[[bool], Values]

    @property
    def by(self) -> str:
        """The name of the function."""
        return f"{self.run.__module__}.{self.run.__qualname__}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One value, its full name, and the function that finds it."""

    name: str
    value: Value
    by: str


class Results:
    """All entries, by the name ``experiment/what``."""

    def __init__(self, experiments: Iterable[tuple[Experiment, Values]]) -> None:
        self._entries: dict[str, Entry] = {}
        self.experiments: dict[str, Experiment] = {}
        for experiment, values in experiments:
            self.experiments[experiment.name] = experiment
            for name, value in values.items():
                whole = f"{experiment.name}/{name}"
                self._entries[whole] = Entry(whole, value, experiment.by)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __getitem__(self, name: str) -> Entry:
        if name not in self._entries:
            raise UsageError(f"nothing measures {name!r}")
        return self._entries[name]

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def number(self, name: str) -> float:
        """The value as a number. Raises :class:`UsageError` where it is none."""
        value = self[name].value
        if isinstance(value, bool | str) or value is None:
            raise UsageError(f"{name} is no number but {value!r}")
        return value

    def below(self, prefix: str) -> list[str]:
        """What directly follows ``prefix/`` in the names, each once, in the order of measuring."""
        found = [name[len(prefix) + 1 :].split("/")[0] for name in self._entries if name.startswith(prefix + "/")]
        return list(dict.fromkeys(found))

    def as_json(self) -> str:
        """For programs: experiments with their functions, and every value."""
        record = {
            experiment.name: {
                "measured by": experiment.by,
                "how": experiment.how,
                "values": {
                    name.removeprefix(f"{experiment.name}/"): entry.value
                    for name, entry in self._entries.items()
                    if name.startswith(f"{experiment.name}/")
                },
            }
            for experiment in self.experiments.values()
        }
        return json.dumps(record, indent=1, ensure_ascii=False) + "\n"
