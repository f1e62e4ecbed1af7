"""What was changed since somebody last looked."""

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.machines.touched import Touched


def test_before_the_first_look_anything_may_have_changed():
    touched = Touched()
    assert touched
    touched.note(1)
    assert touched.take() is None


def test_behind_a_look_each_key_is_named_once_in_its_order():
    touched = Touched()
    touched.take()
    assert not touched
    for key in (3, 1, 3, 2):
        touched.note(key)
    assert touched
    assert touched.take() == (3, 1, 2)
    assert touched.take() == ()


def test_of_too_many_keys_only_that_is_remembered():
    touched = Touched(bound=2)
    touched.take()
    for key in range(3):
        touched.note(key)
    assert touched
    assert touched.take() is None
    assert touched.take() == ()
    with pytest.raises(UsageError):
        Touched(bound=0)
