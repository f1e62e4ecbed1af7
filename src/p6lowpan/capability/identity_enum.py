"""Enums that are keys of many tables."""

from enum import Enum


class IdentityEnum(Enum):
    """An enum whose members are hashed as the singletons that they are; ``Enum`` hashes their names, in Python."""

    __hash__ = object.__hash__
