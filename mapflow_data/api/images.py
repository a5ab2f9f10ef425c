"""The calls about images, one method each. Blocking, any one thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Optional

from .answers import Answer, check, is_html, read_items, read_json
from .bodies import PICTURE_CAP, Open
from .call import Call, endpoint
from .download import fetch
from .errors import BadAnswer, IncompleteAnswer, NotMapflow
from .models import DownloadLink, Image, Preview, UploadReceipt
from .multipart import FileBody, Progress
from .retry import CHANGE, CREATE, UPLOAD

if TYPE_CHECKING:
    from .transport import Transport

_MAGIC = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))


class Images:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, mosaic_id: str) -> list[Image]:
        """The images of a mosaic whose data is ready."""
        call = Call("GET", _of(mosaic_id))
        return self._transport.run(
            call, lambda answer: read_items(answer, lambda item: Image.from_json(item, mosaic_id))
        )

    def get(self, image_id: str) -> Image:
        return self._transport.run(
            Call("GET", _one(image_id)), lambda answer: Image.from_json(read_json(answer))
        )

    def rename(self, image_id: str, name: str) -> Image:
        """`name` of 1 to 255 characters. Read again, as not every server answers the whole image."""
        self._transport.run(Call("PUT", _one(image_id), CHANGE, query=[("name", name)]), check)
        return self.get(image_id)

    def delete(self, image_id: str) -> None:
        self._transport.run(Call("DELETE", _one(image_id), CHANGE), check)

    def preview(self, image_id: str, size: Literal["s", "l"]) -> Preview:
        """A picture in a box of 256 ("s") or 1024 pixels ("l"), asked from the API itself, as the preview
        URLs of an image may name a host inside.
        """
        call = Call("GET", endpoint("rasters", "image", image_id, "preview", size), cap=PICTURE_CAP)
        return self._transport.run(call, read_picture)

    def download_link(self, image_id: str) -> DownloadLink:
        """Raises `Forbidden`, `NotFound` or, while the image is not ready, `Conflict`."""
        call = Call("GET", _one(image_id) + "/download")
        return self._transport.run(call, lambda answer: DownloadLink.from_json(read_json(answer)))

    def download(self, link: DownloadLink, save: Open, size: Optional[int] = None) -> None:
        """The file behind a link; `size` is what it must not exceed. `download.fetch` says more."""
        fetch(self._transport, link.url, save, size)

    def upload(self, mosaic_id: str, path: str, progress: Optional[Progress] = None) -> UploadReceipt:
        """Send a file into a mosaic. `progress(sent, total)` in bytes of the file, in the calling thread.

        Raises `FileUnreadable`, `SourceChanged`, `TooLarge`, `Unconfirmed` (all was sent, no usable answer
        came: look into the list before sending again), `Cancelled`, or any other of the tree.
        """
        call = Call(
            "POST",
            _of(mosaic_id),
            UPLOAD,
            make_body=lambda: FileBody(path, self._transport.cancel, progress),
        )
        return UploadReceipt.from_json(self._transport.run(call, read_json), mosaic_id)

    def link(self, mosaic_id: str, url: str) -> UploadReceipt:
        """Take in a file that lies in a bucket (s3://…) without sending it."""
        call = Call("POST", endpoint("rasters", "mosaic", mosaic_id, "link-image"), CREATE, json={"url": url})
        return UploadReceipt.from_json(self._transport.run(call, read_json), mosaic_id)


def read_picture(answer: Answer) -> Preview:
    """JPEG or PNG by the first bytes, whatever the content type says."""
    check(answer)
    if not answer.body:
        raise IncompleteAnswer("empty picture", status=answer.status)
    for magic, mime in _MAGIC:
        if answer.body.startswith(magic):
            return Preview(answer.body, mime)
    if is_html(answer):
        raise NotMapflow("HTML instead of a picture", status=answer.status)
    raise BadAnswer("neither JPEG nor PNG", code="picture", status=answer.status)


def _one(image_id: str) -> str:
    return endpoint("rasters", "image", image_id)


def _of(mosaic_id: str) -> str:
    return endpoint("rasters", "mosaic", mosaic_id, "image")
