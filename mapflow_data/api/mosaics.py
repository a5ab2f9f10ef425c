"""The calls about mosaics, one method each. Blocking, any one thread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Optional

from .account import NO_SUCH_CALL
from .answers import Answer, check, read_items, read_json
from .call import Call, endpoint
from .doubt import as_server_failed
from .errors import BadAnswer, BadInput, Cancelled, ConnectionFailed, MapflowError, Refused, Unconfirmed
from .models import Mosaic, MosaicStatus, TileJson, UploadReceipt
from .multipart import FileBody, Progress
from .retry import CHANGE, CREATE, UPLOAD_NEW

if TYPE_CHECKING:
    from .transport import Transport

ALL = "/rasters/mosaic"


class Mosaics:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, tags: Iterable[str] = ()) -> list[Mosaic]:
        """All mosaics of the account, or those that bear all `tags`."""
        call = Call("GET", ALL, query=[("tags", tag) for tag in tags])
        return self._transport.run(call, lambda answer: read_items(answer, Mosaic.from_json))

    def get(self, mosaic_id: str) -> Mosaic:
        call = Call("GET", _one(mosaic_id))
        return self._transport.run(call, lambda answer: Mosaic.from_json(read_json(answer)))

    def create(self, name: str, tags: Sequence[str] = ()) -> Mosaic:
        """A new, empty mosaic. It is not asked for twice: where the answer is lost, the list tells whether
        it was made. Raises `Unconfirmed` where the list cannot tell either.
        """
        before = {mosaic.id for mosaic in self.list()}
        call = Call("POST", ALL, CREATE, json={"name": name, "tags": list(tags)})
        try:
            return self._transport.run(call, lambda answer: _read_new(answer, call.json))
        except Unconfirmed as error:
            return self._found(name, before, error)

    def create_with_image(
        self, name: str, path: str, tags: Sequence[str] = (), progress: Optional[Progress] = None
    ) -> UploadReceipt:
        """A new mosaic with its first image. Each repetition makes another one, so it is hardly repeated."""
        call = Call(
            "POST",
            f"{ALL}/image",
            UPLOAD_NEW,
            query=[("name", name), *(("tags", tag) for tag in tags)],
            make_body=lambda: FileBody(path, self._transport.cancel, progress),
        )
        return UploadReceipt.from_json(self._transport.run(call, read_json))

    def update(self, mosaic_id: str, name: str, tags: Sequence[str]) -> Mosaic:
        """New name and tags; the tags replace the old ones. Read again, as the answer is a short form."""
        call = Call("PUT", _one(mosaic_id), CHANGE, json={"name": name, "tags": list(tags)})
        self._transport.run(call, check)
        return self.get(mosaic_id)

    def delete(self, mosaic_id: str) -> None:
        """With all its images, for good."""
        self._transport.run(Call("DELETE", _one(mosaic_id), CHANGE), check)

    def status(self, mosaic_id: str) -> Optional[MosaicStatus]:
        """What the server is doing with the images; None where it does not have the call."""
        call = Call("GET", _one(mosaic_id) + "/status")
        try:
            return MosaicStatus.from_json(self._transport.run(call, read_json))
        except Refused as error:
            if error.status in NO_SUCH_CALL:
                return None
            raise

    def tilejson(self, mosaic: Mosaic) -> Optional[TileJson]:
        """Extent and zooms of the mosaic's tiles, None where they cannot be had: tiles do without."""
        if not mosaic.tilejson_url:
            return None
        call = Call("GET", mosaic.tilejson_url, is_foreign=True)
        try:
            return TileJson.from_json(self._transport.run(call, read_json))
        except (Refused, BadAnswer, BadInput, ConnectionFailed):
            return None

    def _found(self, name: str, before: set[str], error: Unconfirmed) -> Mosaic:
        try:
            found = self.list()
        except Cancelled:
            raise
        except MapflowError:
            raise error from None
        new = [mosaic for mosaic in found if mosaic.id not in before and mosaic.name == name]
        if len(new) == 1:
            return new[0]
        if not new and error.status and error.status >= 500:
            raise as_server_failed(error) from None
        raise error


def _read_new(answer: Answer, asked: dict[str, Any]) -> Mosaic:
    """`asked` fills in what the answer leaves out: the docs promise "its ID", others an object."""
    data = read_json(answer)
    return Mosaic.from_json({**asked, **(data if isinstance(data, dict) else {"id": data})})


def _one(mosaic_id: str) -> str:
    return endpoint("rasters", "mosaic", mosaic_id)
