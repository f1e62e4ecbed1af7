"""Radios by words and by tables: the same radio, and how what is wrong is refused."""

import asyncio
from pathlib import Path

import pytest

from drivers.radio_listener import Listener
from gateway.leaves import text
from p6lowpan.capability.errors import UsageError
from p6lowpan.drivers.raw_interface import RawInterfaceRadio
from p6lowpan.drivers.serial_radio import SerialRadio
from p6lowpan.drivers.zep import ZepRadio
from p6lowpan.gateway.plan import read_plan
from p6lowpan.gateway.radios import Interface, SerialLine, Simulated, Zep, link_over, radio_of, read_radio
from p6lowpan.gateway.simulated import SimulatedRadio
from p6lowpan.wire.address import parse_link

EUI64 = parse_link("02000000000000ff")
SAID = {
    "zep": Zep(peers=(("::1", 17754),)),
    "zep:::1": Zep(peers=(("::1", 17754),)),
    "zep:[::1]": Zep(peers=(("::1", 17754),)),
    "zep:127.0.0.1": Zep(peers=(("127.0.0.1", 17754),)),
    "zep:127.0.0.1:9": Zep(peers=(("127.0.0.1", 9),)),
    "zep:[ff02::2a]:7,channel=11,registers=false,local=[::]:7": Zep(
        peers=(("ff02::2a", 7),), channel=11, registers=False, local=("::", 7)
    ),
    "interface:wpan0": Interface(name="wpan0"),
    "interface:mon0,acknowledges=false": Interface(name="mon0", acknowledges=False),
    "serial:/dev/ttyACM0,baud=460800": SerialLine(port="/dev/ttyACM0", baud=460_800),
    "serial:/dev/ttyACM0,acknowledges=true": SerialLine(port="/dev/ttyACM0", acknowledges=True),
    "simulated": Simulated(),
    "simulated:3": Simulated(nodes=3),
}
KINDS = {Zep: ZepRadio, Interface: RawInterfaceRadio, SerialLine: SerialRadio, Simulated: SimulatedRadio}


@pytest.mark.parametrize(("words", "plan"), SAID.items(), ids=SAID)
def test_words_are_a_radio_on_the_command_line_and_in_a_configuration(words, plan):
    assert read_radio(words, "--radio") == plan
    config = text(Path("/run"), ("::1", 1))
    table = next(line for line in config.splitlines() if line.startswith("radio"))
    assert read_plan(config.replace(table, f'radio = "{words}"'), "gateway.toml").networks[0].radio == plan


@pytest.mark.parametrize("plan", SAID.values(), ids=SAID)
def test_each_becomes_a_radio_whose_link_leaves_to_it_what_it_does(plan):
    radio = radio_of(plan, EUI64, 0xABCD, None)
    assert isinstance(radio, KINDS[type(plan)])
    link = link_over(plan, EUI64, 0xABCD)
    assert (link.hardware_csma, link.hardware_acknowledges) == (radio.does_csma, radio.acknowledges)


def test_a_group_has_no_dispatcher_to_register_with():
    assert radio_of(read_radio("zep:[::1]:7", ""), EUI64, 1, None).registers_as == EUI64
    assert radio_of(read_radio("zep:[ff02::2a]:7", ""), EUI64, 1, None).registers_as is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "expected one of zep:PEERS, interface:NAME, serial:PORT, simulated:NODES"),
        ("smoke", "not 'smoke'"),
        ("zep:[::1]:port", "zep.peers"),
        ("zep:[::1]:1,channel", "KEY=VALUE"),
        ("zep:[::1]:1,channel=900", "zep.channel: expected a whole number"),
        ("serial", "the key 'port' is missing"),
        ("interface:wpan0,acknowledges=1", "interface.acknowledges: expected true or false"),
    ],
)
def test_what_is_no_radio_is_refused_with_what_was_expected(words, said):
    with pytest.raises(UsageError, match=said.replace("[", r"\[")):
        read_radio(words, "--radio")


class Stepped(SimulatedRadio):
    """Its time is ``at``."""

    at = 0

    def _elapsed(self, _loop):
        return self.at


def test_the_simulated_radio_hears_when_a_node_is_sending_and_when_it_has_ended():
    async def main():
        radio, listener, heard = Stepped(1, 0xABCD), Listener(), []
        await radio.open(listener)
        for radio.at in range(0, 100_000, 200):
            heard.append(radio.channel_is_clear())
        assert (heard[0], heard[-1], False in heard) == (True, True, True)
        assert not listener.heard.empty()  # its first solicitation is for everybody: nobody acknowledges it
        await radio.close()
        assert radio.channel_is_clear()

    asyncio.run(main())
