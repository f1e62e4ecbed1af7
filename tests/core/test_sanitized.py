"""The same tests with every access and every shift of the C core watched (AddressSanitizer, UBSan)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SANITIZE = "-g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
WATCHED = (
    "test_levels.py::test_frames_of_the_corpora_are_taken_refused_and_answered_alike[level-5]",
    "test_levels.py::test_packets_are_sent_in_the_frames_that_the_python_sends_to_the_level[level-6-flex]",
    "test_fragments.py",
    "test_against_python.py::test_damaged_frames_are_refused_alike[3]",
)
"""A part of them: the watched run is slow, and a run of all of them is one variable away."""


def sanitizer() -> str:
    compiler = shutil.which("gcc")
    if compiler is None:
        pytest.skip("no gcc on the path: the C core is not run under AddressSanitizer")
    found = subprocess.run([compiler, "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
    library = found.stdout.strip()
    if not Path(library).is_absolute():
        pytest.skip("this gcc has no AddressSanitizer: the C core is not run under it")
    return library


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "LD_PRELOAD": sanitizer(),
        "ASAN_OPTIONS": "detect_leaks=0",
        "P6LOWPAN_CORE_FLAGS": SANITIZE,
        "CC": "gcc",
    }
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=environment, cwd=HERE.parents[1], capture_output=True, text=True, check=False)


def test_the_tests_of_the_core_pass_under_sanitizers() -> None:
    if os.environ.get("P6LOWPAN_CORE_FLAGS"):
        pytest.skip("this is the watched run")
    finished = run("-m", "pytest", "-n0", "-q", "-p", "no:cacheprovider", *(f"{HERE}/{name}" for name in WATCHED))
    assert finished.returncode == 0, finished.stdout[-4000:] + finished.stderr[-4000:]
    assert " passed" in finished.stdout or "100%" in finished.stdout


def test_an_access_out_of_bounds_would_be_seen(tmp_path) -> None:
    wrong = tmp_path / "wrong.c"
    wrong.write_text("#include <stdlib.h>\nint wrong(int at) { volatile char *p = malloc(4); return p[at]; }\n")
    library = tmp_path / "wrong.so"
    compiled = ["gcc", *SANITIZE.split(), "-shared", "-fPIC", str(wrong), "-o", str(library)]
    sanitizer()
    subprocess.run(compiled, check=True)
    assert run("-c", f"import ctypes; ctypes.CDLL({str(library)!r}).wrong(9)").returncode != 0
    assert run("-c", f"import ctypes; ctypes.CDLL({str(library)!r}).wrong(1)").returncode == 0
