"""Profiles as texts: a name where there is one, else the whole."""

from dataclasses import replace

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import RFC6282
from p6lowpan.capability.named import by_name, from_text, text_of
from p6lowpan.capability.profile import Profile


@pytest.mark.parametrize("name", ["rfc6282", "level-0", "level-6", "flex:ff000000", "riot", "linux"])
def test_a_profile_that_has_a_name_is_written_as_its_name(name):
    assert text_of(by_name(name)) == name
    assert from_text(name) == by_name(name)


@pytest.mark.parametrize("name", ["the sensor", "level-2"])
def test_a_profile_without_a_name_of_its_own_comes_back_from_its_text(name):
    features = frozenset({Feature.UNCOMPRESSED_IPV6, Feature.IPHC})
    found = Profile(name, frozenset({Feature.IPHC}), features, replace(RFC6282, datagram_octets=160))
    assert from_text(text_of(found)) == found


@pytest.mark.parametrize(
    "text",
    ["", "nobody", "{", "{}", '{"name": "x", "sends": ["magic"], "receives": [], "limits": {}}',
     '{"name": "x", "sends": [], "receives": [], "limits": {"luck": 1}}', '{"name": "x", "sends": 1, "receives": 1}'],
)  # fmt: skip
def test_what_is_no_profile_is_refused(text):
    with pytest.raises(UsageError):
        from_text(text)
