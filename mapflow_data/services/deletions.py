"""Deletes mosaics and images for good, one after the other, and tells what became of each. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Callable, Optional, Union

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..api.cancel import CancelToken
from ..api.client import MapflowClient
from ..api.connection import Connection
from ..api.errors import Cancelled, MapflowError, NotFound
from ..api.models import Image, Mosaic
from .online import SIGNED_OUT, STOPPERS, OnlineService

Item = Union[Mosaic, Image]

KEY = "delete"


@dataclass(frozen=True)
class Outcome:
    """`error` is None where the item is gone, `Cancelled` where it was not tried any more."""

    item: Item
    error: Optional[MapflowError] = None


class DeletionService(OnlineService):
    """One deletion at a time; a change of account stops it."""

    GOES_ON = True

    started = pyqtSignal(int)  # number of items
    outcome = pyqtSignal(object)  # Outcome, as they come
    ended = pyqtSignal(list)  # one Outcome for each item
    _told = pyqtSignal(int, object)  # by the worker: number of the run, Outcome

    def __init__(self, parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self._run = 0
        self._items: list[Item] = []
        self._outcomes: list[Outcome] = []
        self._told.connect(self._on_told)

    def set_connection(self, connection: Optional[Connection]) -> None:
        if not self.is_of_account(connection):
            self._stop(Cancelled(code=SIGNED_OUT))
        super().set_connection(connection)

    def delete(self, items: Sequence[Item]) -> bool:
        """Mosaics go with all their images. False where it was not started."""
        wanted = without_repetition(items)
        if not wanted or self.is_running(KEY):
            return False
        self._run += 1
        number = self._run
        is_started = self.ask(
            KEY,
            lambda client, token: _delete_each(
                client, token, wanted, lambda o: self.tell("_told", number, o)
            ),
            self.ended.emit,
            lambda error: self.ended.emit(self._with_rest(error)),
        )
        if is_started:
            self._items, self._outcomes = wanted, []
            self.started.emit(len(wanted))
        return is_started

    def stop(self) -> None:
        """At once: of the one under way it is not known whether it is gone; look into the list."""
        self._stop(Cancelled())

    def _stop(self, why: MapflowError) -> None:
        if self.is_running(KEY):
            self.cancel(KEY)
            self.ended.emit(self._with_rest(why))

    def _on_told(self, number: int, outcome: Outcome) -> None:
        if number == self._run and self.is_running(KEY):
            self._outcomes.append(outcome)
            self.note_failure(outcome.error)
            self.outcome.emit(outcome)

    def _with_rest(self, error: MapflowError) -> list[Outcome]:
        return self._outcomes + [Outcome(item, error) for item in self._items[len(self._outcomes) :]]


def without_repetition(items: Sequence[Item]) -> list[Item]:
    """Each once; images whose mosaic is among the items go with it."""
    unique = list({(type(item), item.id): item for item in items}.values())
    mosaics = {item.id for item in unique if isinstance(item, Mosaic)}
    return [item for item in unique if isinstance(item, Mosaic) or item.mosaic_id not in mosaics]


def _delete_each(
    client: MapflowClient, token: CancelToken, items: Sequence[Item], tell: Callable[[Outcome], None]
) -> list[Outcome]:
    """Worker thread."""
    outcomes: list[Outcome] = []
    error: Optional[MapflowError] = None
    for item in items:
        if not isinstance(error, STOPPERS):
            error = _delete(client, item)
        outcomes.append(Outcome(item, error))
        token.check()
        tell(outcomes[-1])
    return outcomes


def _delete(client: MapflowClient, item: Item) -> Optional[MapflowError]:
    try:
        (client.mosaics if isinstance(item, Mosaic) else client.images).delete(item.id)
    except Cancelled:
        raise
    except NotFound:
        return None  # gone is gone, whoever did it
    except MapflowError as error:
        return error
    return None
