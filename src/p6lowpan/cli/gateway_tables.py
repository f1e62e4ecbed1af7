"""What a gateway says of itself, as tables; where the terminal is too narrow for one, a few lines for each row."""

import time
from collections.abc import Sequence
from typing import Any

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

HIDDEN = {"counters"}
WIDEST = 10_000
EMPTY = {"neighbors": "no neighbors yet", "drops": "nothing was dropped"}

Record = dict[str, Any]  # Any: what JSON holds


class Shown:
    """The records of an answer, as wide as there is room."""

    def __init__(self, what: str, records: Sequence[Record]) -> None:
        self.what = what
        self.records = records
        self.title = f"{what}, {time.strftime('%H:%M:%S')}"

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if not self.records:
            yield Text(f"{self.title}: {EMPTY.get(self.what, 'nothing')}")
            return
        table = self._of_networks() if self.what == "status" else self._of_rows()
        yield Text(self.title)
        whole = Measurement.get(console, options.update(max_width=WIDEST), table).maximum
        yield table if whole <= options.max_width else self._of_lines()

    def _headings(self) -> list[str]:
        return [name for name in self.records[0] if name not in HIDDEN]

    def _of_networks(self) -> Table:
        """A column for each network."""
        table = Table("", *(str(record["network"]) for record in self.records))
        for heading in self._headings()[1:]:
            table.add_row(heading, *(_cell(record[heading]) for record in self.records))
        return table

    def _of_rows(self) -> Table:
        """A row for each record."""
        table = Table(*self._headings())
        for record in self.records:
            table.add_row(*(_cell(record[heading]) for heading in self._headings()))
        return table

    def _of_lines(self) -> Group:
        """A line for each value."""
        blocks: list[Table | Text] = []
        for record in self.records:
            lines = Table.grid(padding=(0, 2))
            for heading in self._headings():
                lines.add_row(heading, _cell(record[heading]))
            blocks += [lines, Text()]
        return Group(*blocks[:-1])


def _cell(value: object) -> Text:
    if isinstance(value, list):
        return Text("\n".join(map(str, value)))
    return Text("" if value is None else str(value))
