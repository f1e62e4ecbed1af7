"""What a neighbour costs: the sums are those of the layout, the measurements are measurements."""

from p6lowpan.analysis.neighbor_memory import neighbor_memory
from p6lowpan.analysis.presentation.neighbor_memory import PURPOSES, memory_rows


def test_the_octets_are_the_bits_of_all_fields():
    memory = neighbor_memory()
    assert (memory.linear.bits, memory.linear.octets) == (80, 10)
    assert (memory.flex.bits, memory.flex.octets) == (168, 21)
    assert (memory.linear.fields["capability"], memory.flex.fields["capability"]) == (3, 32)
    assert memory.kept_datagram_octets == 1286


def test_every_field_has_a_purpose_and_a_row():
    memory = neighbor_memory()
    names = {*memory.linear.fields, *memory.flex.fields}
    assert names == PURPOSES.keys()
    rows = list(memory_rows(memory))
    assert {row[0] for row in rows[: len(names)]} == names
    assert all(len(row) == 4 for row in rows)


def test_python_needs_more_than_a_device_and_not_everything():
    memory = neighbor_memory()
    for kind in (memory.linear, memory.flex):
        assert kind.octets < kind.python_known_octets < 10_000
        assert kind.octets < kind.python_on_probation_octets < 10_000
    assert memory.linear.python_known_octets < memory.flex.python_known_octets
