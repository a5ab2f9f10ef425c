"""Runs documented curl commands: parses one, points it at a sandbox, fills in its placeholders, sends it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from pathlib import Path

import requests

DOCUMENTED_HOST = "https://api.mapflow.ai/rest"
DOCUMENTED_TOKENS = ("<YOUR TOKEN>", "******")
DOCUMENTED_FILE = "/path/to/file"
FLAGS = {"--location", "-g"}
SECONDS = 30


@dataclass
class Command:
    """What a curl command sends."""

    url: str = ""
    method: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    file: Path | None = None

    def send(self) -> requests.Response:
        """Send it as curl does: it adds the boundary to a multipart Content-Type, and follows redirects."""
        files = None if self.file is None else {"file": (self.file.name, self.file.read_bytes())}
        skipped = "content-type" if files else ""
        headers = {name: value for name, value in self.headers.items() if name.lower() != skipped}
        body = None if self.body is None else self.body.encode()
        with requests.Session() as session:
            session.trust_env = False
            return session.request(
                self.method, self.url, headers=headers, data=body, files=files, timeout=SECONDS
            )


def read(path: Path, base_url: str, token: str, file: Path | None = None, **places: str) -> Command:
    """The command in `path`, with `{name}` filled from `places`; ValueError for an option not known here."""
    text = path.read_text(encoding="utf-8").replace(DOCUMENTED_HOST, base_url)
    for documented in DOCUMENTED_TOKENS:
        text = text.replace(documented, token)
    for name, value in places.items():
        text = text.replace("{" + name + "}", value)
    command = _parse(shlex.split(text.replace("\\\n", " ")))
    if command.file == Path(DOCUMENTED_FILE):
        command.file = file
    return command


def _parse(words: list[str]) -> Command:
    assert words.pop(0) == "curl"
    command = Command()
    while words:
        word = words.pop(0)
        if word.startswith("http"):
            command.url = word
        elif word not in FLAGS:
            _take_option(command, word, words.pop(0))
    command.method = command.method or ("GET" if command.body is None else "POST")
    return command


def _take_option(command: Command, option: str, value: str) -> None:
    if option == "--request":
        command.method = value
    elif option == "--header":
        name, _, content = value.partition(": ")
        command.headers[name] = content
    elif option in ("--data", "--data-raw"):
        command.body = value
    elif option == "--form":
        command.file = Path(value.partition("=@")[2].strip('"'))
    else:
        raise ValueError(f"curl option not known here: {option}")
