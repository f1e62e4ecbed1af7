"""What the generated pages are made of."""

from typing import Annotated

import generate
from generating.capability import comments
from generating.diagram import diagram
from generating.formats import header_section, size_of
from generating.markdown import prose, table
from p6lowpan.capability import limits
from p6lowpan.wire.description import U8, U16, Bits, Each, Fixed, Header, Nested, Octets, Rest, When, wire


@wire("all")
class Everything(Header):
    """Says :class:`p6lowpan.wire.description.Header` and ``code``."""

    kind: Annotated[int, Bits(5), Fixed()] = 0b11000
    flag: Annotated[int, Bits(3)]
    length: U8
    tag: U16
    address: Annotated[bytes, Octets(12)]
    extra: Annotated[int | None, Bits(8), When("flag")] = None
    counted: Annotated[bytes, Octets("length")]
    inner: Annotated[Header | None, Nested("None", size=4)] = None
    items: Annotated[tuple[Header, ...], Each("Everything", count="flag", leave=2)] = ()
    body: Rest


DRAWN = """\
 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|   kind  | flag|     length    |              tag              |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                            address                            |
+                                                               +
|                                                               |
+                                                               +
|                                                               |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
~                        [extra (8 bits)]                       ~
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+"""


def test_a_diagram_draws_fixed_fields_to_scale_and_leaves_tall_ones_open():
    assert "\n".join(diagram(Everything.FIELDS[:6])) == DRAWN


def test_a_name_that_does_not_fit_gets_a_letter():
    @wire("narrow")
    class Narrow(Header):
        hop: Annotated[int, Bits(1)]
        rest: Annotated[int, Bits(7)]

    assert diagram(Narrow.FIELDS) == [
        " 0",
        " 0 1 2 3 4 5 6 7",
        "+-+-+-+-+-+-+-+-+",
        "|a|     rest    |",
        "+-+-+-+-+-+-+-+-+",
        "",
        "a: hop",
    ]


def test_a_field_that_crosses_a_line_is_drawn_in_both():
    @wire("crossing")
    class Crossing(Header):
        first: U16
        address: Annotated[bytes, Octets(4)]

    drawn = diagram(Crossing.FIELDS)
    assert drawn[3:] == [
        "|             first             |            address            |",
        "+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+",
        "|                               |",
        "+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+",
    ]


def test_every_size_is_said_in_words():
    assert [size_of(field) for field in Everything.FIELDS] == [
        "5 bits", "3 bits", "8 bits", "16 bits", "12 octets", "8 bits", "`length` octets", "`None` in `4` octets",
        "each `Everything`, `flag` of them", "the rest",
    ]  # fmt: skip


def test_a_section_tells_fixed_values_and_conditions():
    text = "\n".join(header_section(Everything))
    assert "| `kind` | 5 bits |  | always `11000` |" in text
    assert "| `extra` | 8 bits | `flag` |  |" in text


def test_a_docstring_becomes_markdown():
    assert prose(Everything) == "Says `Header` and `code`."


def test_a_bar_in_a_cell_does_not_end_it():
    assert table(("a", "b"), [("x | y", 1)])[-1] == "| x \\| y | 1 |"


def test_the_comment_behind_a_limit_is_found():
    assert dict(comments(limits))["contexts"] == "RFC 6282 3.1.2: four bits"


def test_a_page_is_stale_when_it_differs_or_is_missing_or_is_left_over(tmp_path, monkeypatch):
    monkeypatch.setattr(generate, "REFERENCE", tmp_path)
    for name in ("same.md", "other.md", "old.md"):
        (tmp_path / name).write_text("text")
    wanted = {"same.md": "text", "other.md": "new", "missing.md": "new"}
    assert generate.stale(wanted) == ["missing.md", "old.md", "other.md"]
    generate.write(wanted)
    assert generate.stale(wanted) == []
