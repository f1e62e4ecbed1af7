"""Run in the guest: the link-layer security of its kernel, told in generic netlink (its family "802.15.4 MAC", the one
that a kernel without CONFIG_IEEE802154_NL802154_EXPERIMENTAL has).

    python -m peers.linux.link_security know 0212740011223344  the key by all its names, and us as a device
    python -m peers.linux.link_security speak 5 1              from now on at this level, naming the key in this mode
    python -m peers.linux.link_security meet 2001:db8::1       that this address is ours

What the kernel refuses ends it with the error's name."""

import os
import socket
import struct
import sys
from collections.abc import Iterator

from peers.linux.names import KEY, KEY_INDEX, KEY_SOURCE_LONG, KEY_SOURCE_SHORT, PAN, US, US_SHORT

INTERFACE, LOWPAN = b"wpan0\0", "lowpan0"
FAMILY = b"802.15.4 MAC\0"
ROUTING, NEW_NEIGHBOR, ADDRESS_THERE, LINK_ADDRESS_THERE, PERMANENT = 0, 28, 1, 2, 0x80
GENERIC, CONTROL, CONTROL_GET_FAMILY, FAMILY_ID, FAMILY_NAME = 16, 16, 3, 1, 2
ERROR, REQUEST, ACKNOWLEDGE, NEW = 2, 0x01, 0x04, 0x600

SET_PARAMETERS, ADD_KEY, ADD_DEVICE, ADD_LEVEL = 37, 39, 42, 48
(DEVICE_NAME, SHORT_ADDRESS, HARDWARE_ADDRESS, PAN_ID) = (1, 4, 5, 6)
(ENABLED, LEVEL, KEY_MODE, SOURCE_SHORT, SOURCE_LONG, KEY_ID, COUNTER, KEY_OCTETS, FRAME_TYPES) = range(41, 50)
(FRAME_TYPE, LEVELS, OVERRIDE, DEVICE_KEY_MODE) = (51, 53, 54, 55)
IMPLICIT, BY_INDEX, BY_SHORT_SOURCE, BY_LONG_SOURCE = range(4)
DATA, ANY_LEVEL, ANY_KEY, EVERYBODY = 1, 0xEE, 0, 0xFFFF  # 0xee: levels 1 to 3 and 5 to 7, a bit each

Attributes = dict[int, bytes]


def octet(value: int) -> bytes:
    return struct.pack("B", value)


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


class Netlink:
    """Tells a part of the kernel, and hears whether it has done it. Raises :class:`OSError` where it has not."""

    def __init__(self, part: int) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, part)
        self._socket.bind((0, 0))

    def tell(self, kind: int, head: bytes, said: Attributes, flags: int = 0) -> bytes:
        """A message; what it answers beside that it is done."""
        body = head + b"".join(attribute(*one) for one in said.items())
        self._socket.send(struct.pack("IHHII", 16 + len(body), kind, REQUEST | ACKNOWLEDGE | flags, 1, 0) + body)
        answer = b""
        while True:
            octets = self._socket.recv(65536)
            if struct.unpack_from("H", octets, 4)[0] != ERROR:
                answer = octets[16 + len(head) :]
                continue
            (error,) = struct.unpack_from("i", octets, 16)
            if error:
                raise OSError(-error, os.strerror(-error))
            return answer


class Mac:
    """The MAC of the interface."""

    def __init__(self) -> None:
        self._generic = Netlink(GENERIC)
        answer = self._generic.tell(CONTROL, struct.pack("BBxx", CONTROL_GET_FAMILY, 1), {FAMILY_NAME: FAMILY})
        self._family = next(struct.unpack("H", value)[0] for kind, value in attributes(answer) if kind == FAMILY_ID)

    def tell(self, command: int, said: Attributes, flags: int = NEW) -> None:
        """A command."""
        self._generic.tell(self._family, struct.pack("BBxx", command, 1), {DEVICE_NAME: INTERFACE, **said}, flags)


def attributes(octets: bytes) -> Iterator[tuple[int, bytes]]:
    while len(octets) >= 4:
        length, kind = struct.unpack_from("HH", octets)
        yield kind, octets[4:length]
        octets = octets[length + -length % 4 :]


def key_name(mode: int) -> Attributes:
    """A key as frames name it."""
    name = {KEY_MODE: octet(mode)}
    if mode != IMPLICIT:
        name[KEY_ID] = octet(KEY_INDEX)
    if mode == BY_SHORT_SOURCE:
        name[SOURCE_SHORT] = struct.pack("I", KEY_SOURCE_SHORT)
    if mode == BY_LONG_SOURCE:
        name[SOURCE_LONG] = bytes.fromhex(KEY_SOURCE_LONG)
    return name


def device(address: bytes) -> Attributes:
    """Whose key it is, where no frame names it: that of whom it goes to, or comes from."""
    kind = HARDWARE_ADDRESS if len(address) == 8 else SHORT_ADDRESS
    return {PAN_ID: struct.pack("H", PAN), kind: address if len(address) == 8 else address[::-1]}


def know(eui64: str) -> None:
    """The key by all its names, us, and that data must be secured."""
    mac, us, our_short = Mac(), bytes.fromhex(eui64), bytes.fromhex(US_SHORT)
    key = {FRAME_TYPES: octet(1 << DATA), KEY_OCTETS: bytes.fromhex(KEY)}
    for address in (us, our_short, EVERYBODY.to_bytes(2, "big")):
        mac.tell(ADD_KEY, {**key, **key_name(IMPLICIT), **device(address)})
    for mode in (BY_INDEX, BY_SHORT_SOURCE, BY_LONG_SOURCE):
        mac.tell(ADD_KEY, {**key, **key_name(mode)})
    counter = {COUNTER: struct.pack("I", 0)}
    allowed = {OVERRIDE: octet(0), DEVICE_KEY_MODE: octet(ANY_KEY)}
    mac.tell(ADD_DEVICE, {**device(our_short), **device(us), **counter, **allowed})
    mac.tell(ADD_LEVEL, {FRAME_TYPE: octet(DATA), LEVELS: octet(ANY_LEVEL), OVERRIDE: octet(0)})


def speak(level: int, mode: int) -> None:
    """Secure what goes out."""
    whose = device(bytes.fromhex(US)) if mode == IMPLICIT else {}
    Mac().tell(SET_PARAMETERS, {ENABLED: octet(1), LEVEL: octet(level), **key_name(mode), **whose}, 0)


def meet(address: str) -> None:
    """This address of ours is at our EUI-64: the kernel takes no Neighbor Advertisement that has a short one alone."""
    neighbor = {ADDRESS_THERE: socket.inet_pton(socket.AF_INET6, address), LINK_ADDRESS_THERE: bytes.fromhex(US)}
    head = struct.pack("BxxxiHBB", socket.AF_INET6, socket.if_nametoindex(LOWPAN), PERMANENT, 0, 0)
    Netlink(ROUTING).tell(NEW_NEIGHBOR, head, neighbor, NEW)


if __name__ == "__main__":
    COMMANDS = {"know": know, "speak": lambda level, mode: speak(int(level), int(mode)), "meet": meet}
    COMMANDS[sys.argv[1]](*sys.argv[2:])
