"""A multipart body on its way to disk, piece by piece: no upload is ever held in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from fastapi import HTTPException, Request
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from .errors import Refusal, missing_field

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

SLACK = 64 * 1024  # what the boundaries and headers of a multipart body may add to the file


@dataclass
class FileWriter:
    """Callbacks of the multipart parser: writes the part named `file`, skips all others."""

    stream: BinaryIO
    limit: int
    filename: str | None = None
    size: int = 0
    _name: bytes = b""
    _value: bytes = b""
    _disposition: bytes = b""
    _is_ours: bool = field(default=False)

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._on_part_begin,
            "on_header_field": self._on_header_field,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers_finished,
            "on_part_data": self._on_part_data,
        }

    def _on_part_begin(self) -> None:
        self._name = self._value = self._disposition = b""

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = self._value
        self._name = self._value = b""

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._is_ours = options.get(b"name") == b"file" and b"filename" in options and self.filename is None
        if self._is_ours:
            self.filename = _text(options[b"filename"])

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if not self._is_ours:
            return
        self.size += end - start
        if self.size > self.limit:
            raise Refusal("FileTooBig", max_file_size=self.limit, actual_file_size=self.size)
        self.stream.write(data[start:end])


async def receive_file(request: Request, target: Path, limit: int) -> tuple[str, int]:
    """Write the part named `file` to `target`; returns (file name, bytes). Refuses early what is too big."""
    length = request.headers.get("content-length")
    if length is None:
        raise HTTPException(411, "Length Required")
    if int(length) > limit + SLACK:
        raise Refusal("FileTooBig", max_file_size=limit, actual_file_size=int(length))
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or b"boundary" not in options:
        raise missing_field("body", "file")
    with target.open("wb") as stream:
        writer = FileWriter(stream, limit)
        await _parse(request, MultipartParser(options[b"boundary"], writer.callbacks()))
    if writer.filename is None:
        raise missing_field("body", "file")
    return writer.filename, writer.size


async def _parse(request: Request, parser: MultipartParser) -> None:
    try:
        async for piece in request.stream():
            parser.write(piece)
        parser.finalize()
    except ClientDisconnect:
        raise HTTPException(400, "The client went away") from None
    except MultipartParseError:
        raise HTTPException(400, "There was an error parsing the body") from None


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
