"""The account: storage, what it may do, and its project."""

from __future__ import annotations

import uuid
from typing import Any

from fastapi import APIRouter, HTTPException

from .mosaics import CurrentDialect
from .options import Options
from .service import CurrentAccount, CurrentService

PROCESSING_AREA_LIMIT = 25_000_000  # m2
OWN_PROVIDER = "My imagery"
PROVIDERS = [
    {"name": "CG", "displayName": "Charming Globe", "price": 10, "minAreaSqKm": 5.0},
    {"name": "CG_mosaic_2022", "displayName": "Charming Globe mosaic 2022", "price": 0, "minAreaSqKm": 0.0},
]

router = APIRouter()


def linked_providers(options: Options) -> set[str]:
    """Whose imagery the account may process: its own always, others' once they are linked."""
    linked = set() if options.no_providers else {str(provider["name"]) for provider in PROVIDERS}
    return linked | {OWN_PROVIDER}


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
        "searchAreaLimit": service.options.search_area_limit * 1e6,
        "memoryLimit": service.options.storage_limit,
        "remainingCredits": 1000,
        "activeProcessings": 0,
        "searchDataProviders": [] if service.options.no_providers else PROVIDERS,
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
