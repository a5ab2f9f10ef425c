"""The object store: `s3://bucket/key` is a file below the data folder, nothing else can be reached."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path

PIECE = 1 << 20


class ObjectStore:
    """Files by key (`bucket/path`), and a folder for what is still arriving."""

    def __init__(self, folder: Path) -> None:
        self.root = (folder / "s3").resolve()
        self.incoming = (folder / "incoming").resolve()
        self.root.mkdir(parents=True, exist_ok=True)
        self.incoming.mkdir(parents=True, exist_ok=True)

    def path(self, key: str) -> Path:
        """Where the object of `key` lies; ValueError for a key that leaves the store."""
        path = (self.root / key).resolve()
        if not path.is_relative_to(self.root):
            raise ValueError(f"not a key of this store: {key}")
        return path

    def key_of(self, url: str) -> str:
        """The key of an s3:// URL; ValueError for any other URL."""
        if not url.startswith("s3://"):
            raise ValueError(f"not an s3:// address: {url}")
        return url[len("s3://") :]

    def new_incoming(self) -> Path:
        """A new empty file for an upload under way."""
        handle, name = tempfile.mkstemp(dir=self.incoming, suffix=".tif")
        open(handle, "wb").close()
        return Path(name)

    def take(self, source: Path, key: str) -> None:
        """Move a file that has arrived to its place."""
        target = self.path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(source, target)

    def remove(self, *keys: str) -> None:
        for key in keys:
            self.path(key).unlink(missing_ok=True)

    def remove_folder(self, key: str) -> None:
        shutil.rmtree(self.path(key), ignore_errors=True)


def sha1_of(path: Path) -> str:
    """The SHA-1 of a file as 40 hex digits, read piece by piece."""
    digest = hashlib.sha1(usedforsecurity=False)
    with path.open("rb") as stream:
        while piece := stream.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()
