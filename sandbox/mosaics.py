"""Mosaics: create, list, read, change, delete."""

from __future__ import annotations

import time
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from pydantic import BaseModel, Field

from .dialects import BY_NAME, Dialect
from .service import CurrentAccount, CurrentService, service_of
from .store import Image, Mosaic

router = APIRouter(prefix="/rasters/mosaic")


class MosaicBody(BaseModel):
    name: str = Field(min_length=1, max_length=255)
    tags: list[str] | None = None


def dialect_of(request: Request) -> Dialect:
    service = service_of(request)
    return BY_NAME[service.options.dialect](service)


CurrentDialect = Annotated[Dialect, Depends(dialect_of)]


@router.post("")
def create(
    body: MosaicBody, service: CurrentService, account: CurrentAccount, dialect: CurrentDialect
) -> Any:
    mosaic = Mosaic(body.name, account.id, body.tags or [])
    service.store.add(mosaic)
    return dialect.created_mosaic(mosaic)


@router.get("")
def list_all(
    service: CurrentService,
    account: CurrentAccount,
    dialect: CurrentDialect,
    tags: Annotated[list[str] | None, Query()] = None,
) -> Any:
    wanted = set(tags or [])
    mosaics = service.store.mosaics(account.id)
    return [dialect.mosaic(one) for one in mosaics if not wanted or wanted & set(one.tags)]


@router.get("/{mosaic_id}")
def read(mosaic_id: UUID, service: CurrentService, account: CurrentAccount, dialect: CurrentDialect) -> Any:
    return dialect.mosaic(service.own_mosaic(mosaic_id, account))


@router.put("/{mosaic_id}")
def update(
    mosaic_id: UUID,
    body: MosaicBody,
    service: CurrentService,
    account: CurrentAccount,
    dialect: CurrentDialect,
) -> Any:
    mosaic = service.own_mosaic(mosaic_id, account)
    service.store.update_mosaic(mosaic.id, body.name, mosaic.tags if body.tags is None else body.tags)
    return dialect.updated_mosaic(service.own_mosaic(mosaic_id, account))


@router.delete("/{mosaic_id}")
def delete(
    mosaic_id: UUID, service: CurrentService, account: CurrentAccount, dialect: CurrentDialect
) -> Response:
    mosaic = service.own_mosaic(mosaic_id, account)
    service.store.delete_mosaic(mosaic.id)
    service.objects.remove_folder(f"{service.folder_of(account.id)}/{mosaic.id}")
    return Response(status_code=dialect.deleted_status)


@router.get("/{mosaic_id}/status")
def status(mosaic_id: UUID, service: CurrentService, account: CurrentAccount, dialect: CurrentDialect) -> Any:
    """How far each image is; knows an image before the list does."""
    if not dialect.has_status:
        raise HTTPException(404)
    images = service.store.images(service.own_mosaic(mosaic_id, account).id)
    states = [_state(one) for one in images]
    return {
        "total_images": len(images),
        "ready_images": states.count("COMPLETED"),
        "pending_images": states.count("PENDING"),
        "in_progress_images": states.count("IN_PROGRESS"),
        "failed_images": 0,
        "images": [_image_status(one, state) for one, state in zip(images, states)],
    }


def _state(image: Image) -> str:
    if image.is_ready:
        return "COMPLETED"
    half = image.uploaded_at + (image.ready_at - image.uploaded_at) / 2
    return "IN_PROGRESS" if time.time() >= half else "PENDING"


def _image_status(image: Image, state: str) -> dict[str, Any]:
    return {
        "image_id": image.id,
        "filename": image.filename,
        "preprocessing_status": state,
        "preprocessing_error": None,
        "data_available": image.is_ready,
    }
