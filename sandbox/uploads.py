"""What becomes of a file that has arrived: checked, copied as COG, recorded; or refused and removed."""

from __future__ import annotations

import time
import uuid
from pathlib import Path

from .errors import Refusal
from .objects import sha1_of
from .rasters import Facts, check_like, check_limits, make_cog, read_facts
from .service import Service
from .store import Image, Mosaic


def accept(service: Service, mosaic: Mosaic, path: Path, filename: str) -> Image:
    """Turn the file at `path` into an image of `mosaic`; refuses what does not fit. Blocking."""
    options = service.options
    check_storage(service, mosaic.owner, path.stat().st_size)
    facts = read_facts(path, filename)
    check_limits(facts, filename, options.max_gsd, options.max_pixels)
    first = service.store.images(mosaic.id)[:1]
    if first:
        check_like(facts, first[0], filename)
    image = _make_image(service, mosaic, path, filename, facts)
    service.store.add(image)
    return image


def check_storage(service: Service, owner: str, size: int) -> None:
    """Refuse `size` more bytes where the storage has no room for them."""
    limit = service.options.storage_limit
    if limit is None:
        return
    free = max(0, limit - service.store.used_bytes(owner))
    if size > free:
        raise Refusal("MemoryLimitExceeded", memory_requested=size, available_memory=free)


def _make_image(service: Service, mosaic: Mosaic, path: Path, filename: str, facts: Facts) -> Image:
    options, image_id = service.options, str(uuid.uuid4())
    folder = f"{service.folder_of(mosaic.owner)}/{mosaic.id}"
    key, cog_key = f"{folder}/{image_id}.tif", f"{folder}/cog/{image_id}.tif"
    cog = service.objects.path(cog_key)
    drawn = make_cog(path, cog)
    size = path.stat().st_size
    checksum = sha1_of(cog if options.other_checksum else path)
    service.objects.take(path, key)
    now = time.time()
    known = {name: value for name, value in vars(facts).items() if name != "gsd"}
    return Image(
        id=image_id,
        mosaic_id=mosaic.id,
        owner=mosaic.owner,
        filename=f"{uuid.uuid4().hex}.tif" if options.rename_files else filename,
        file_size=size,
        checksum=checksum,
        key=key,
        cog_key=cog_key,
        ready_at=now + options.ready_delay,
        uploaded_at=now,
        downloadable=not options.no_download,
        **known,
        **drawn,
    )
