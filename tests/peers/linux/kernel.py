"""Debian's kernel out of its packages, unpacked beside the build, and a module of ours compiled for it. No root."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
CONTEXTS = "lowpan_contexts"  # Debian's kernel has no other way to be told a context
INCLUDES = "include /usr/src"  # in the Makefile of the headers: where they are when they are installed
BUILDERS = ("make", "gcc")


class Kernel:
    """What is in ``folder``: downloaded once. Raises :class:`subprocess.SubprocessError` and :class:`StopIteration`
    where the packages cannot be had."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.tree = self._unpacked("kernel", self._image)

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

    def contexts_module(self) -> Path:
        """The module that tells contexts, compiled where it is older than its source."""
        source, work = HERE / f"{CONTEXTS}.c", self._folder / CONTEXTS
        made = work / f"{CONTEXTS}-{self.version}.ko"
        if made.exists() and made.stat().st_mtime > source.stat().st_mtime:
            return made
        headers = self._unpacked(f"headers-{self.version}", self._headers) / "usr" / "src"
        entry = headers / f"linux-headers-{self.version}" / "Makefile"
        entry.write_text(entry.read_text().replace(f"{INCLUDES}/", f"include {headers}/"))
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        shutil.copy(source, work)
        (work / "Makefile").write_text(f"obj-m := {CONTEXTS}.o\n")
        command = ["make", "-s", "-C", str(entry.parent), f"M={work}", "modules"]
        subprocess.run(command, check=True, timeout=120, capture_output=True)
        (work / f"{CONTEXTS}.ko").rename(made)
        return made

    def _image(self) -> list[str]:
        return [_dependency("linux-image-amd64", "linux-image-")]

    def _headers(self) -> list[str]:
        name = f"linux-headers-{self.version}"
        return [name, f"linux-headers-{self.version.removesuffix('-amd64')}-common", _dependency(name, "linux-kbuild-")]

    def _unpacked(self, name: str, packages: Callable[[], list[str]]) -> Path:
        """The packages in a folder of this name."""
        whole = self._folder / name
        if whole.is_dir():
            return whole
        fresh = self._folder / f"{name}.part"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        command = ["apt-get", "download", "-qq", *packages()]
        subprocess.run(command, cwd=fresh, check=True, timeout=300, capture_output=True)
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
