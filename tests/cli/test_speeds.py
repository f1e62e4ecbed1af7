"""``explain`` with the C core and without it: not a letter differs."""

import pytest

from p6lowpan import fast_capture

OPTIONS = ([], ["--color", "always"], ["--features", "--no-summary"], ["--quiet"])
CAPTURES = ("riot-udp", "riot-stock", "riot-rpl", "riot-short", "contiki-ng-rpl-1hop", "openthread-ping-multicast")


@pytest.mark.parametrize("options", OPTIONS, ids=" ".join)
@pytest.mark.parametrize("name", CAPTURES)
def test_explain_says_the_same_with_and_without_the_core(run, captures, monkeypatch, name, options):
    if fast_capture.CORE is None:
        pytest.skip("the C core is not built, or not wanted")
    path = captures / f"{name}.pcap"
    fast = run("explain", *options, path)
    monkeypatch.setattr(fast_capture, "CORE", None)
    slow = run("explain", *options, path)
    assert fast.stdout == slow.stdout
    assert fast.exit_code == slow.exit_code == 0


@pytest.mark.parametrize("end", [24, 25, 41, 5000, 5017, 60_001])
def test_a_file_that_is_cut_is_told_as_far_as_it_goes(run, captures, monkeypatch, tmp_path, end):
    path = tmp_path / "cut.pcap"
    path.write_bytes((captures / "riot-udp.pcap").read_bytes()[:end])
    fast = run("explain", path)
    monkeypatch.setattr(fast_capture, "CORE", None)
    slow = run("explain", path)
    assert (fast.stdout, fast.stderr, fast.exit_code) == (slow.stdout, slow.stderr, slow.exit_code)
