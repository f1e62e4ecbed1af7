"""Debian's kernel out of its packages, unpacked beside the build, and a module of ours compiled for it. No root.

``python -m peers.linux.kernel FOLDER`` gets it ready."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

HERE = Path(__file__).parent
CONTEXTS = "lowpan_contexts"  # Debian's kernel has no other way to be told a context
BUILDERS = ("make", "gcc")
SECONDS = 120  # for a download


class Kernel:
    """What is in ``folder``: downloaded once, by one process at a time. Raises :class:`subprocess.SubprocessError` and
    :class:`StopIteration` where the packages cannot be had."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            self.tree = self._unpacked("kernel", self._image)
            self.contexts_module = self._contexts_module()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @property
    def image(self) -> Path:
        """What a machine boots."""
        return next((self.tree / "boot").glob("vmlinuz-*"))

    @property
    def version(self) -> str:
        """As in the names of the packages."""
        return self.image.name.removeprefix("vmlinuz-")

    def module(self, name: str) -> Path:
        """One of the kernel's own modules, whose name is written either way."""
        return next(self.tree.rglob(f"{name}.ko"), None) or next(self.tree.rglob(f"{name.replace('_', '-')}.ko"))

    def _contexts_module(self) -> Path:
        """The module that tells contexts, compiled where it is older than its source."""
        source, work = HERE / f"{CONTEXTS}.c", self._folder / CONTEXTS
        made = work / f"{CONTEXTS}-{self.version}.ko"
        if made.exists() and made.stat().st_mtime > source.stat().st_mtime:
            return made
        headers = self._unpacked(f"headers-{self.version}", self._headers) / "usr" / "src"
        entry = headers / f"linux-headers-{self.version}" / "Makefile"
        entry.write_text(f"include {headers / self._common}/Makefile\n")  # not where they are when they are installed
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        shutil.copy(source, work)
        (work / "Makefile").write_text(f"obj-m := {CONTEXTS}.o\n")
        command = ["make", "-s", "-C", str(entry.parent), f"M={work}", "modules"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        made_it = subprocess.run(command, timeout=SECONDS, capture_output=True, text=True, env=environment, check=False)
        if made_it.returncode:
            raise RuntimeError(made_it.stderr)
        (work / f"{CONTEXTS}.ko").rename(made)
        return made

    def _image(self) -> list[str]:
        return [_dependency("linux-image-amd64", "linux-image-")]

    def _headers(self) -> list[str]:
        name = f"linux-headers-{self.version}"
        return [name, self._common, _dependency(name, "linux-kbuild-")]

    @property
    def _common(self) -> str:
        return f"linux-headers-{self.version.removesuffix('-amd64')}-common"

    def _unpacked(self, name: str, packages: Callable[[], list[str]]) -> Path:
        """The packages in a folder of this name."""
        whole = self._folder / name
        if whole.is_dir():
            return whole
        fresh = self._folder / f"{name}.part"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        if os.geteuid() == 0:  # else what is known has to do
            subprocess.run(["apt-get", "update", "-qq"], check=False, timeout=SECONDS, capture_output=True)
        command = ["apt-get", "download", "-qq", *packages()]
        subprocess.run(command, cwd=fresh, check=True, timeout=SECONDS, capture_output=True)
        for package in tuple(fresh.glob("*.deb")):
            subprocess.run(["dpkg-deb", "-x", package, fresh], check=True, timeout=120)
            package.unlink()
        fresh.rename(whole)
        return whole


def _dependency(package: str, begin: str) -> str:
    """The package of the version of today that another one stands for."""
    command = ["apt-cache", "depends", package]
    depends = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    return next(word for word in depends.split() if word.startswith(begin) and word[len(begin)].isdigit())


if __name__ == "__main__":
    try:
        print(f"Debian's kernel {Kernel(Path(sys.argv[1])).version}, to be a peer")
    except (subprocess.SubprocessError, StopIteration, OSError) as error:
        sys.exit(f"Debian's kernel cannot be had here: {error!r}")
