"""The gateway's log: one line each, whatever is in it, and every drop with its reason where that is asked for."""

import asyncio
import json
import logging

import pytest

from p6lowpan.gateway.gateway import Gateway
from p6lowpan.gateway.logs import MOST, PERIOD_SECONDS, LineFormatter, Throttle, set_up
from p6lowpan.gateway.plan import LogForm, LogLevel
from p6lowpan.gateway.running import demo_plan
from p6lowpan.machines.network.packet import make_packet
from p6lowpan.wire.address import parse_ipv6


def line(form: LogForm, message: str, **extra: object) -> str:
    record = logging.LogRecord("p6lowpan.test", logging.WARNING, "", 0, message, (), None)
    record.created, record.msecs = 0.25, 250.0
    vars(record).update(extra)
    return LineFormatter(form).format(record)


def test_text_is_names_and_values_on_one_line_whatever_they_hold():
    told = line(LogForm.TEXT, "a frame\nwas lost", reason="no-route", detail='to "x"', count=3, nothing="")
    assert told == (
        'time=1970-01-01T00:00:00.250Z level=warning logger=p6lowpan.test message="a frame\\nwas lost" '
        'reason=no-route detail="to \\"x\\"" count=3 nothing=""'
    )


def test_json_is_one_object_a_line():
    told = line(LogForm.JSON, "a frame\nwas lost", neighbor=b"\1", count=3)
    assert "\n" not in told
    assert json.loads(told) == {
        "time": "1970-01-01T00:00:00.250Z",
        "level": "warning",
        "logger": "p6lowpan.test",
        "message": "a frame\nwas lost",
        "neighbor": str(b"\1"),
        "count": 3,
    }


def test_what_went_wrong_is_told_with_the_place():
    try:
        raise KeyError("gone")
    except KeyError as error:
        record = logging.LogRecord("p6lowpan", logging.ERROR, "", 0, "oh", (), (KeyError, error, error.__traceback__))
    assert "KeyError: 'gone'" in json.loads(LineFormatter(LogForm.JSON).format(record))["exception"]


@pytest.fixture
def quiet():
    yield
    set_up(LogForm.TEXT, LogLevel.WARNING)


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(("level", "drops"), [(LogLevel.DEBUG, 1), (LogLevel.INFO, 0)])
def test_every_drop_is_logged_with_its_reason_where_that_is_asked_for(tmp_path, capsys, level, drops):
    async def main():
        set_up(LogForm.JSON, level)
        gateway = Gateway(demo_plan(str(tmp_path / "demo.sock")))
        await gateway.start()
        destination = parse_ipv6("fd6c:6f77:706e::1")
        gateway.lowpans[0].inward(make_packet(parse_ipv6("2001:db8::9"), destination, 59, 64, b""))
        await gateway.close()

    asyncio.run(main())
    records = [json.loads(text) for text in capsys.readouterr().err.splitlines()]
    assert {"message": "network is up", "network": "demo", "restored": 0}.items() <= next(
        record.items() for record in records if record["message"] == "network is up"
    )
    found = [record for record in records if record.get("reason") == "not-permitted"]
    assert len(found) == drops
    assert next(record["network"] for record in records if record["message"] == "fe80::ff is ours") == "demo"
    assert all(record["network"] == "demo" for record in found)
    assert all(record["where"] == "from backbone" and "2001:db8::9" in record["detail"] for record in found)


@pytest.fixture
def throttled():
    """What is let through of records that are given, at times that are given."""
    now = [0.0]
    throttle = Throttle(lambda: now[0])

    def let_through(at, text, *arguments, level=logging.INFO):
        now[0] = at
        record = logging.makeLogRecord({"levelno": level, "msg": text, "args": arguments})
        return throttle.filter(record), getattr(record, "suppressed", 0)

    return let_through


def test_of_lines_that_say_the_same_of_many_so_many_are_let_through_and_then_how_many_were_not(throttled):
    told = [throttled(0, "%s is %s", number, "level-1")[0] for number in range(MOST + 7)]
    assert told == [True] * MOST + [False] * 7
    assert throttled(1, "another") == (True, 0)
    assert throttled(PERIOD_SECONDS - 1, "%s is %s", 1, 2) == (False, 0)
    assert throttled(PERIOD_SECONDS, "%s is %s", 1, 2) == (True, 8)
    assert throttled(PERIOD_SECONDS, "%s is %s", 1, 2) == (True, 0)


def test_lines_that_come_now_and_then_are_all_let_through(throttled):
    told = [throttled(number * PERIOD_SECONDS / MOST, "%s", number) for number in range(5 * MOST)]
    assert set(told) == {(True, 0)}


def test_errors_are_always_let_through(throttled):
    assert all(throttled(0, "it fails", level=logging.ERROR)[0] for _ in range(2 * MOST))


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(("level", "lines"), [(LogLevel.INFO, MOST), (LogLevel.DEBUG, 3 * MOST)])
def test_where_everything_is_wanted_everything_is_let_through(capsys, level, lines):
    set_up(LogForm.TEXT, level)
    for number in range(3 * MOST):
        logging.getLogger("p6lowpan.test").info("%d of many", number)
    assert len(capsys.readouterr().err.splitlines()) == lines


@pytest.mark.usefixtures("quiet")
def test_what_the_event_loop_says_is_in_the_same_form(capsys):
    set_up(LogForm.JSON, LogLevel.INFO)

    async def main():
        asyncio.get_running_loop().call_soon(lambda: 1 / 0)
        await asyncio.sleep(0.01)

    asyncio.run(main())
    (told,) = map(json.loads, capsys.readouterr().err.splitlines())
    assert told["logger"] == "asyncio"
    assert "ZeroDivisionError" in told["exception"]
