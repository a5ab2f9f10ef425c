"""Images: upload, link, list, read, rename, delete, preview, download."""

from __future__ import annotations

import shutil
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from . import uploads
from .arrivals import receive_file
from .errors import Refusal
from .mosaics import CurrentDialect
from .pictures import draw_preview
from .presigned import SECONDS, make_url
from .service import CurrentAccount, CurrentService, Service
from .store import Image, Mosaic

router = APIRouter(prefix="/rasters")


class Box(StrEnum):
    """The two sizes of a preview."""

    s = "s"
    l = "l"  # noqa: E741 - the API's own word


PIXELS = {Box.s: 256, Box.l: 1024}


class LinkBody(BaseModel):
    url: str


@router.post("/mosaic/image")
async def create_with_image(
    request: Request,
    service: CurrentService,
    account: CurrentAccount,
    dialect: CurrentDialect,
    name: Annotated[str, Query(min_length=1, max_length=255)],
    tags: Annotated[list[str] | None, Query()] = None,
) -> Any:
    mosaic = Mosaic(name, account.id, tags or [])
    image = await _receive(request, service, mosaic, is_new=True)
    return dialect.uploaded(image)


@router.post("/mosaic/{mosaic_id}/image")
async def upload(
    mosaic_id: UUID,
    request: Request,
    service: CurrentService,
    account: CurrentAccount,
    dialect: CurrentDialect,
) -> Any:
    image = await _receive(request, service, service.own_mosaic(mosaic_id, account))
    return dialect.uploaded(image)


async def _receive(request: Request, service: Service, mosaic: Mosaic, is_new: bool = False) -> Image:
    """A new mosaic is recorded only once its first image is good."""
    path = service.objects.new_incoming()
    try:
        filename, _ = await receive_file(request, path, service.options.max_upload)
        image = await run_in_threadpool(uploads.accept, service, mosaic, path, filename)
    finally:
        path.unlink(missing_ok=True)
    if is_new:
        service.store.add(mosaic)
    return image


@router.post("/mosaic/{mosaic_id}/link-image")
def link(
    mosaic_id: UUID, body: LinkBody, service: CurrentService, account: CurrentAccount, dialect: CurrentDialect
) -> Any:
    if not dialect.has_links:
        raise HTTPException(404)
    mosaic = service.own_mosaic(mosaic_id, account)
    source = _linked_file(service, body.url)
    path = service.objects.new_incoming()
    try:
        shutil.copyfile(source, path)
        image = uploads.accept(service, mosaic, path, source.name)
    finally:
        path.unlink(missing_ok=True)
    return {"message": "Image has been linked successfully", "mosaic_id": image.mosaic_id}


def _linked_file(service: Service, url: str) -> Path:
    try:
        path = service.objects.path(service.objects.key_of(url))
    except ValueError:
        raise HTTPException(400, "Only s3:// addresses can be linked") from None
    if not path.is_file():
        raise Refusal("FileOpenError", filename=url)
    return path


@router.get("/mosaic/{mosaic_id}/image")
def list_of_mosaic(
    mosaic_id: UUID, service: CurrentService, account: CurrentAccount, dialect: CurrentDialect
) -> Any:
    mosaic = service.own_mosaic(mosaic_id, account)
    return [dialect.image(image) for image in service.ready_images(mosaic.id)]


@router.get("/image/{image_id}")
def read(image_id: UUID, service: CurrentService, account: CurrentAccount, dialect: CurrentDialect) -> Any:
    return dialect.image(service.own_image(image_id, account))


@router.put("/image/{image_id}")
def rename(
    image_id: UUID,
    service: CurrentService,
    account: CurrentAccount,
    dialect: CurrentDialect,
    name: Annotated[str, Query(min_length=1, max_length=255)],
) -> Any:
    image = service.own_image(image_id, account)
    service.store.rename_image(image.id, name)
    return dialect.image(service.own_image(image_id, account))


@router.delete("/image/{image_id}")
def delete(
    image_id: UUID, service: CurrentService, account: CurrentAccount, dialect: CurrentDialect
) -> Response:
    image = service.own_image(image_id, account)
    service.store.delete_image(image.id)
    service.objects.remove(image.key, image.cog_key)
    return Response(status_code=dialect.deleted_status)


@router.get("/image/{image_id}/preview/{box}")
def preview(image_id: UUID, box: Box, service: CurrentService, account: CurrentAccount) -> Response:
    image = service.own_image(image_id, account)
    _check_ready(image)
    options, cog = service.options, service.objects.path(image.cog_key)
    picture = draw_preview(cog, image.stretch, PIXELS[box], options.preview_format, options.pad_previews)
    return Response(picture, media_type=f"image/{options.preview_format}")


@router.get("/image/{image_id}/download")
def download(
    image_id: UUID, service: CurrentService, account: CurrentAccount, dialect: CurrentDialect
) -> Any:
    if not dialect.has_links:
        raise HTTPException(404)
    image = service.own_image(image_id, account)
    if not image.downloadable:
        raise Refusal("AccessDenied", instance_type="image", uid=image.id)
    _check_ready(image)
    url = make_url(service.public_origin, service.signing_key, image.key)
    return {"download_url": url, "filename": image.filename, "expires_in": SECONDS}


def _check_ready(image: Image) -> None:
    if not image.is_ready:
        raise HTTPException(409, "The image is not ready yet")
