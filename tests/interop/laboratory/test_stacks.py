"""Tables of features by stack, and the sheet of one."""

from pathlib import Path

import pytest

from p6lowpan.capability.features import BY_NAME, Feature
from p6lowpan.capability.stacks import PROFILES
from p6lowpan.interop.laboratory.agreement import agreement
from p6lowpan.interop.laboratory.evidence import Kind, evidence
from p6lowpan.interop.laboratory.sheet import sheet
from p6lowpan.interop.laboratory.words.stacks import features_record, features_table, sheet_record
from p6lowpan.interop.measured import answers
from p6lowpan.interop.printed import PRINTED, Printed
from p6lowpan.interop.profiles import EVERY, STACKS
from p6lowpan.interop.stack import Stack


@pytest.mark.parametrize("table", PRINTED.values(), ids=map(str, PRINTED))
def test_what_is_printed_has_a_cell_for_every_stack_or_marks_alone(table: Printed) -> None:
    for row in table.rows:
        assert set(row.features) <= set(BY_NAME), row
        if row.cells is not None:
            assert len(row.cells) == len(table.stacks) == len(table.headings)
            assert tuple(cell for cell in row.cells if cell) == row.marks, row


def test_the_tables_have_the_rows_and_marks_of_the_drafts() -> None:
    assert [len(table.rows) for table in PRINTED.values()] == [16, 22]
    assert sum(len(row.marks) for row in PRINTED[2018].rows) == 65
    assert sum(len(row.marks) for row in PRINTED[2020].rows) == 94
    assert [row.feature for row in PRINTED[2020].rows if row.cells is None] == [
        "Compression + headers past first frag",
        "Compression of IPv6 Extension Headers",
        "Broadcast Header",
        "Regular IPv6 ND",
        "RFC 6775 6LoWPAN ND",
    ]


@pytest.mark.parametrize("which", ["2018", "2020", "measured"])
def test_every_table_is_for_readers_and_for_programs(which: str) -> None:
    heading, rows, note = features_table(which)
    assert all(len(row) == len(heading) for row in rows)
    assert note
    record = features_record(which)
    assert len(rows) == len(record["rows"] if which != "measured" else record["stacks"]["riot"])


@pytest.mark.parametrize("stack", EVERY.values(), ids=EVERY)
def test_every_stack_has_a_sheet(stack: Stack) -> None:
    found = sheet(stack)
    assert found.row in (*PROFILES, stack.name)
    assert found.features[Feature.IPHC] == ("yes", "not known" if stack.name == "tshark" else "yes")
    assert len(found.quirks) == len(stack.quirks)
    assert sheet_record(stack.name)["version"] == stack.version


@pytest.mark.parametrize("stack", STACKS.values(), ids=STACKS)
def test_the_evidence_of_a_measured_stack_is_its_answer_or_described(stack: Stack) -> None:
    for quirk, cases in sheet(stack).quirks:
        for case in cases:
            assert (case.kind is Kind.DESCRIBED) == case.identifier.startswith("s:"), quirk.says
            assert (case.answer is None) == (case.kind is Kind.DESCRIBED), (quirk.says, case.identifier)


def test_a_variant_that_was_not_asked_has_the_evidence_of_the_plain_stack() -> None:
    (identifier,) = list(answers("random")["tock"])[:1]
    assert evidence("tock-multi", f"R:{identifier}").answer == answers("random")["tock"][identifier]
    assert evidence("riot@2018", "draft, table 1").kind is Kind.PRINTED


def test_every_measured_stack_has_its_agreement() -> None:
    assert set(agreement()) == set(STACKS)
    assert all({"decode", "encode"} <= set(lists) for lists in agreement().values())
    assert all(0.9 * each.asked < each.agree <= each.asked for lists in agreement().values() for each in lists.values())


def test_the_agreement_is_written_by_the_program_that_measures_it() -> None:
    program = Path(__file__).parents[1] / "agreement.py"
    assert "--record" in program.read_text("utf-8")
