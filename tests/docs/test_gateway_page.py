"""The page about the gateway: its configuration can be read, and its commands are there."""

import re
from pathlib import Path

from p6lowpan.cli.gateway import ASKED, SHOWN
from p6lowpan.gateway.plan import read_plan

PAGE = (Path(__file__).parents[2] / "docs" / "gateway.md").read_text("utf-8")


def test_the_configuration_of_the_page_is_one():
    (text,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    plan = read_plan(text, "gateway.toml")
    assert [network.name for network in plan.networks] == ["floor-1", "floor-2"]
    assert [neighbor.profile.name for neighbor in plan.networks[0].known] == ["riot", "level-2"]


def test_the_commands_of_the_page_exist():
    named = set(re.findall(r"p6lowpan gateway ([a-z]+)\b(?!\.toml)", PAGE))
    assert named >= {*SHOWN, *ASKED, "reload"}
    assert named - {*SHOWN, *ASKED, "reload"} == set()
