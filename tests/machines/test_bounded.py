"""The bounded table."""

import copy

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.machines.bounded import BoundedTable


@pytest.fixture
def full() -> BoundedTable[str, int]:
    table: BoundedTable[str, int] = BoundedTable(2)
    assert table.put("a", 1) is None
    assert table.put("b", 2) is None
    return table


def test_a_table_at_its_bound_holds_everything(full: BoundedTable[str, int]) -> None:
    assert dict(full) == {"a": 1, "b": 2}


def test_a_table_reads_like_a_mapping_oldest_first(full: BoundedTable[str, int]) -> None:
    assert list(full.items()) == [("a", 1), ("b", 2)]
    assert list(full.values()) == [1, 2]
    assert "a" in full
    assert "c" not in full
    assert full.get("c") is None


def test_one_entry_past_the_bound_pushes_out_the_oldest(full: BoundedTable[str, int]) -> None:
    assert full.put("c", 3) == ("a", 1)
    assert dict(full) == {"b": 2, "c": 3}


def test_replacing_an_entry_pushes_nothing_out_and_does_not_make_it_younger(full: BoundedTable[str, int]) -> None:
    assert full.put("a", 9) is None
    assert full.put("c", 3) == ("a", 9)


def test_a_removed_entry_makes_room(full: BoundedTable[str, int]) -> None:
    assert full.remove("a") == 1
    assert full.remove("a") is None
    assert full.put("c", 3) is None


def test_a_copy_is_independent(full: BoundedTable[str, int]) -> None:
    other = copy.deepcopy(full)
    other.put("c", 3)
    assert dict(full) == {"a": 1, "b": 2}


def test_a_table_for_nothing_is_refused() -> None:
    with pytest.raises(UsageError):
        BoundedTable(0)
