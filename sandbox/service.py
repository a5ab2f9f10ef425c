"""What every endpoint shares: options, records, files, and the two origins' addresses."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Annotated, TypeVar
from urllib.parse import quote

from fastapi import Depends, Request

from .auth import Account
from .errors import Refusal
from .objects import ObjectStore
from .options import Options
from .store import Image, Mosaic, Store

Owned = TypeVar("Owned", Mosaic, Image)


@dataclass
class Service:
    """One running sandbox. `api_origin` answers /rest, `public_origin` what needs no token."""

    options: Options
    accounts: list[Account]
    store: Store
    objects: ObjectStore
    api_origin: str
    public_origin: str
    signing_key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    @property
    def base_url(self) -> str:
        return f"{self.api_origin}/rest"

    def own_mosaic(self, mosaic_id: object, account: Account) -> Mosaic:
        """The account's mosaic; refuses one that is not there, or another's."""
        mosaic = self.store.mosaic(str(mosaic_id))
        return _checked(mosaic, "mosaic", mosaic_id, account)

    def own_image(self, image_id: object, account: Account) -> Image:
        """The account's image; refuses one that is not there, or another's."""
        image = self.store.image(str(image_id))
        return _checked(image, "image", image_id, account)

    def email_of(self, owner: str) -> str:
        return next(account.email for account in self.accounts if account.id == owner)

    def folder_of(self, owner: str) -> str:
        """The folder of an account in the object store, as image URLs show it."""
        return f"users-data/{self.email_of(owner)}_{owner}"

    def ready_images(self, mosaic_id: str) -> list[Image]:
        return [image for image in self.store.images(mosaic_id) if image.is_ready]

    def mosaic_uri(self, mosaic: Mosaic) -> str:
        """The name under which the tile server knows a mosaic."""
        return f"s3://{self.folder_of(mosaic.owner)}/{mosaic.id}/mosaic.json"

    def tile_url(self, mosaic: Mosaic) -> str:
        uri = quote(self.mosaic_uri(mosaic), safe=":/@")
        place = f"{self.base_url}/rasters/mosaic/{mosaic.id}/tiles/{{z}}/{{x}}/{{y}}.png"
        return f"{place}?uri={uri}&resampling=nearest"

    def tile_json_url(self, mosaic: Mosaic) -> str:
        uri = quote(self.mosaic_uri(mosaic), safe=":/@")
        return f"{self.base_url}/rasters/mosaic/{mosaic.id}/tilejson.json?uri={uri}"


def _checked(item: Owned | None, kind: str, uid: object, account: Account) -> Owned:
    if item is None:
        raise Refusal("ItemNotFound", instance_type=kind, uid=str(uid))
    if item.owner != account.id:
        raise Refusal("AccessDenied", instance_type=kind, uid=str(uid))
    return item


def service_of(request: Request) -> Service:
    service = request.app.state.service
    assert isinstance(service, Service)
    return service


def account_of(request: Request) -> Account:
    account = request.state.account
    assert isinstance(account, Account)
    return account


CurrentService = Annotated[Service, Depends(service_of)]
CurrentAccount = Annotated[Account, Depends(account_of)]
