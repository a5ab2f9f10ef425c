"""The account: storage, what it may do, and its project."""

from __future__ import annotations

import uuid
from typing import Any

from fastapi import APIRouter, HTTPException

from .mosaics import CurrentDialect
from .service import CurrentAccount, CurrentService

SEARCH_AREA_LIMIT = 700_000_000  # m2
PROCESSING_AREA_LIMIT = 25_000_000  # m2
PROVIDERS = [
    {"name": "CG", "displayName": "Charming Globe", "price": 10, "minAreaSqKm": 5.0},
    {"name": "CG_mosaic_2022", "displayName": "Charming Globe mosaic 2022", "price": 0, "minAreaSqKm": 0.0},
]

router = APIRouter()


@router.get("/rasters/memory")
def memory(service: CurrentService, account: CurrentAccount, dialect: CurrentDialect) -> Any:
    return dialect.storage(service.store.used_bytes(account.id))


@router.get("/user/status")
def user_status(service: CurrentService, account: CurrentAccount, dialect: CurrentDialect) -> Any:
    if not dialect.has_user_status:
        raise HTTPException(404)
    return {
        "email": account.email,
        "processedArea": 0,
        "remainingArea": PROCESSING_AREA_LIMIT,
        "areaLimit": PROCESSING_AREA_LIMIT,
        "aoiAreaLimit": PROCESSING_AREA_LIMIT,
        "searchAreaLimit": SEARCH_AREA_LIMIT,
        "memoryLimit": service.options.storage_limit,
        "remainingCredits": 1000,
        "activeProcessings": 0,
        "searchDataProviders": PROVIDERS,
        "models": [],
    }


@router.get("/projects/default")
def default_project(account: CurrentAccount, dialect: CurrentDialect) -> Any:
    if not dialect.has_user_status:
        raise HTTPException(404)
    return {
        "id": str(uuid.uuid5(uuid.UUID(account.id), "default project")),
        "name": "Default",
        "isDefault": True,
        "user": {"id": account.id, "email": account.email, "aoiAreaLimit": PROCESSING_AREA_LIMIT},
        "workflowDefs": [],
    }
