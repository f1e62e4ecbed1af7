"""An initial file system: files by path, with what they need of this machine, as an archive that a kernel unpacks."""

import functools
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

FOLDER, FILE, LINK = 0o040755, 0o100755, 0o120777
MODULES_OF = """
import importlib, json, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
loaded = {name: module for name, module in sys.modules.items() if getattr(module, "__file__", None)}
print(json.dumps({name: [one.__file__, getattr(one, "__cached__", None)] for name, one in loaded.items()}))
"""


class Image:
    """What the file system holds. Times are kept, without which Python would compile all of its library again."""

    def __init__(self) -> None:
        self._entries: dict[str, tuple[int, int, bytes]] = {}

    def write(self, path: str, octets: bytes, mode: int = FILE, time: int = 0) -> None:
        """A file, in folders that come with it."""
        for parent in reversed(Path(path).parents[:-1]):
            self._entries.setdefault(str(parent), (FOLDER, 0, b""))
        self._entries[path] = (mode, time, octets)

    def make(self, folder: str) -> None:
        """An empty folder."""
        self.write(folder, b"", FOLDER)

    def link(self, path: str, target: str) -> None:
        """A symbolic link."""
        self.write(path, target.encode(), LINK)

    def copy(self, source: Path, path: str | None = None) -> None:
        """A file of this machine, at its own place or another."""
        at = str(source) if path is None else path
        self.write(at.lstrip("/"), source.read_bytes(), time=int(source.stat().st_mtime))

    def program(self, name: str) -> None:
        """A program of this machine in /bin, and its libraries."""
        found = shutil.which(name)
        assert found is not None
        self.copy(Path(found).resolve(), f"bin/{name}")
        self._libraries(found)

    def python(self, folder: str, *modules: str) -> str:
        """This Python, with as much of its library as the modules load; they and others that are not of the library go
        to ``folder``. What to call it."""
        program = Path(sys.executable).resolve()
        self.copy(program)
        self._libraries(str(program))
        own = Path(sysconfig.get_path("stdlib"))
        for name, (file, cached) in _loaded("runpy", *modules).items():  # -m needs it
            source, compiled = Path(file), Path(cached) if cached else None
            at = source.parent if own in source.parents and "site-packages" not in source.parts else None
            at = at or Path("/", folder, *_package(name, source))
            self.copy(source, str(at / source.name))
            if compiled is not None and compiled.exists():
                self.copy(compiled, str(at / "__pycache__" / compiled.name))
            if source.suffix == ".so":
                self._libraries(file)
        return f"PYTHONPATH=/{folder} {program} -S"

    def archive(self) -> bytes:
        """In the form "newc" of cpio."""
        whole = bytearray()
        for number, (name, (mode, time, octets)) in enumerate((*self._entries.items(), ("TRAILER!!!", (0, 0, b""))), 1):
            fields = (number, mode, 0, 0, 1, time, len(octets), 0, 0, 0, 0, len(name) + 1, 0)
            whole += b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
            whole += bytes(-len(whole) % 4) + octets
            whole += bytes(-len(whole) % 4)
        return bytes(whole)

    def _libraries(self, program: str) -> None:
        for library in _libraries_of(program):
            if library.lstrip("/") not in self._entries:
                self.copy(Path(library))


@functools.cache
def _libraries_of(program: str) -> tuple[str, ...]:
    shown = subprocess.run(["ldd", program], capture_output=True, text=True, check=False, timeout=20).stdout
    return tuple(word for word in shown.split() if word.startswith("/"))


def _package(name: str, source: Path) -> tuple[str, ...]:
    """The folders in which a module is looked for."""
    parts = tuple(name.split("."))
    return parts if source.stem == "__init__" else parts[:-1]


def _loaded(*modules: str) -> dict[str, tuple[str, str | None]]:
    """Every module that is loaded when these are, with its files."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", MODULES_OF, *modules]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=environment).stdout
    found: dict[str, tuple[str, str | None]] = json.loads(shown)
    return found
