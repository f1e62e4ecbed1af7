"""The ICMPv6 error of Principled 6LoWPAN: "class unsupported" (draft-ayers-low-power-interop-01 section 6.2).

A node that receives a frame of a class above its own answers with its own class in the code: four octets in all. With
the FLEX policy (section 7.1) the code says that 32 bits follow, one for each feature.

No type is assigned yet. Ours is one of those that RFC 4443 sets aside for private experimentation, which anyone may
use: a message of that type with another code or size is left to
:class:`~p6lowpan.wire.ipv6.icmpv6_message.UnknownMessage`.
"""

from typing import Annotated

from p6lowpan.capability import features, profile
from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.profile import Profile
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.description import U16, Bits, Check, Header, Meaning, When, wire
from p6lowpan.wire.ipv6.icmpv6_message import Type
from p6lowpan.wire.ipv6.registry import MessageType

CLASS_UNSUPPORTED_TYPE = MessageType.PRIVATE_ERROR_1
"""The type until one is assigned. A network that needs another gives it to :func:`icmpv6.messages_with`."""

FLEX_CODE = 0x80


def class_in_words(code: int) -> str:
    """What the sender of the error says about itself."""
    return "a FLEX bitfield follows" if code == FLEX_CODE else f"I am of level {code}"


def flex_in_words(field: int) -> str:
    """How many of the FLEX features are set."""
    return f"{len(profile.of_flex(field).receives)} features"


@wire("icmpv6-class-unsupported")
class ClassUnsupported(Header):
    """draft-ayers-low-power-interop-01 sections 6.2 and 7.1."""

    CHECKS = (
        Check(
            "code == FLEX_CODE or code <= features.HIGHEST_LEVEL",
            "code",
            Reason.BAD_VALUE,
            "the code is a level or says that a FLEX bitfield follows",
        ),
    )
    type: Type = CLASS_UNSUPPORTED_TYPE
    code: Annotated[int, Bits(8), Meaning(class_in_words)]
    checksum: U16 = 0
    flex: Annotated[int | None, Bits(32), Meaning(flex_in_words), When("code == FLEX_CODE")] = None

    @property
    def profile(self) -> Profile:
        """What the sender says it can do."""
        return profile.of_level(self.code) if self.flex is None else profile.of_flex(self.flex)


def is_class_unsupported(octets: bytes) -> bool:
    """Whether a message of our type has the form of ours: at least four octets must be there."""
    if octets[1] == FLEX_CODE:
        return len(octets) == 8
    return len(octets) == 4 and octets[1] <= features.HIGHEST_LEVEL


def class_unsupported(receiver: Profile, message_type: int = CLASS_UNSUPPORTED_TYPE) -> ClassUnsupported:
    """The error with which a node of this profile answers. Raises :class:`UsageError` for a profile that is neither a
    level nor a FLEX bitfield."""
    if receiver.level is not None:
        return ClassUnsupported(type=message_type, code=receiver.level)
    if receiver.flex is not None:
        return ClassUnsupported(type=message_type, code=FLEX_CODE, flex=receiver.flex)
    raise UsageError(f"profile {receiver.name} has neither a level nor a FLEX bitfield to announce")
