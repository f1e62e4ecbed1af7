"""What machines report besides what they make: the values that every machine shares."""

from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value


@value
class Dropped:
    """Something was not handed on. ``where`` names the machine, ``detail`` says what was found and expected."""

    reason: Reason
    where: str
    detail: str = ""
