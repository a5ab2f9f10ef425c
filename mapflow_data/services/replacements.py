"""Replaces images: uploads the new one through the queue, and deletes the old one once that is verified.

Until the very last step the old image is there, whatever happens. Main thread.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Optional

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..api.cancel import CancelToken
from ..api.client import MapflowClient
from ..api.connection import Connection
from ..api.errors import Cancelled, MapflowError, SignInRequired, Unconfirmed
from ..transfer.swap import Step, Swap, Swapped, swap
from .online import SIGNED_OUT, with_client
from .replacement import Patience, Prepared, Replacement, Stage
from .replacement_list import ReplacementList
from .upload.jobs import Job, State
from .upload.journal_keeper import JournalKeeper
from .upload.queue import QueueService, UploadRequest

AGAIN = (Stage.FAILED, Stage.INTERRUPTED)


class ReplacementService(ReplacementList):
    """One after the other, in the order in which they were asked for; one at a time for an image."""

    replaced = pyqtSignal(str, object, object)  # mosaic id, old image, new image
    ended = pyqtSignal(object)  # Replacement, done or failed
    _stepped = pyqtSignal(int, object)  # by the worker: id, Step

    def __init__(
        self,
        queue: QueueService,
        parent: Optional[QObject] = None,
        *,
        patience: Optional[Patience] = None,
        keeper: Optional[JournalKeeper] = None,
    ) -> None:
        self._patience = patience or Patience()
        super().__init__(queue, keeper, parent, scale=self._patience.scale)
        self._stepped.connect(self._on_stepped)
        queue.job_changed.connect(self._on_job_changed)

    def set_connection(self, connection: Optional[Connection]) -> None:
        """Another token of the same account goes on where the old one was; else everything open ends."""
        before = self._connection
        super().set_connection(connection)  # what was under way with the old token ends
        if before is None or before == connection:
            return
        is_same = connection is not None and connection.key == before.key
        # those that wait first: the end of another one would begin them
        for one in sorted(self.open, key=lambda one: one.stage is not Stage.WAITING):
            if not is_same:
                self._give_up(one, Cancelled(code=SIGNED_OUT))
            elif one.stage is Stage.SWAPPING:
                self._swap(one)
        for one in tuple(self._all.values()):
            if is_same and isinstance(one.error, SignInRequired):
                self.retry(one.id)
        if not is_same:
            self._rows.let_go(self._all.values())
            self._all.clear()

    def close(self) -> None:
        super().close()
        self._all.clear()

    def replace(self, prepared: Prepared, mosaic_name: str = "", *, keeps_name: bool = False) -> bool:
        """False where it was not taken: the file cannot be sent, or the image is being replaced."""
        if self._connection is None or self._is_closed or not prepared.can_be_sent:
            return False
        if self.is_replacing(prepared.old.id):
            return False
        one = Replacement(self._next_id, prepared, mosaic_name, keeps_name)
        self._next_id += 1
        one = self._all[one.id] = self._rows.opened(one, self._connection.key)
        self.progressed.emit(one)
        self._go_on()
        return True

    def has_job(self, job_id: int) -> bool:
        """Whether the queue's job is the upload of one of them."""
        return any(one.job_id == job_id for one in self._all.values())

    def cancel_replacement(self, number: int) -> None:
        """The old image stays. What the service has of the new one by then stays, too."""
        one = self._all.get(number)
        if one is not None and not one.is_over:
            self._give_up(one, Cancelled())

    def retry(self, number: int) -> bool:
        """Goes on with one that is over: what was sent is not sent again. False where it is not possible."""
        one = self._all.get(number)
        if one is None or one.stage not in AGAIN or self._connection is None or self._is_closed:
            return False
        job = self._job(one.job_id)
        if self.is_replacing(one.old.id) or (one.job_id and job is None and one.step is None):
            return False
        self._all.pop(number)
        one = self._rows.opened(one, self._connection.key)
        self._all[number] = replace(one, stage=Stage.WAITING, error=None, note=None)
        self._go_on()
        return True

    # Step by step

    def _go_on(self) -> None:
        """The next one, where none is under way."""
        waiting = [one for one in self.open if one.stage is Stage.WAITING]
        if not waiting or len(waiting) < len(self.open):
            return
        one = waiting[0]
        job = self._job(one.job_id)
        if one.step is not None:
            self._swap(one)
        elif job is not None and job.state is State.DONE:  # tried again by itself meanwhile
            self._swap(replace(one, image_id=job.image_id))
        elif job is not None and not job.is_over:
            self._change(one, stage=Stage.UPLOADING)
        elif job is not None:
            if self._change(one, stage=Stage.UPLOADING) is not None:
                self._queue.retry([job.id])
        else:
            self._upload(one)

    def _upload(self, one: Replacement) -> None:
        facts, mosaic_id = one.prepared.facts, one.old.mosaic_id
        row_id = one.row.id if one.row else ""
        ids = self._queue.add([UploadRequest(facts, mosaic_id, one.mosaic_name, row_id)])
        if not ids:
            self._finish(one, error=Cancelled(code=SIGNED_OUT))
        elif self._change(one, stage=Stage.UPLOADING, job_id=ids[0]) is None:
            self._queue.cancel(ids)

    def _on_job_changed(self, job: Job) -> None:
        one = next((o for o in self._all.values() if o.job_id == job.id), None)
        if one is not None and one.stage is Stage.INTERRUPTED and not job.is_over:  # by the queue's own retry
            one = self._all[one.id] = replace(one, stage=Stage.UPLOADING)
        if one is None or one.stage is not Stage.UPLOADING:
            return
        if job.state is State.DONE:
            self._swap(replace(one, image_id=job.image_id))
        elif job.is_over:
            why = Cancelled() if job.state is State.CANCELLED else job.error
            self._finish(one, error=why or Unconfirmed(code="not_listed"))
        elif job != one.upload:
            self._change(one, sent=job.sent, upload=job)

    def _swap(self, one: Replacement) -> None:
        connection, patience = self._connection, self._patience
        changed = self._change(one, stage=Stage.SWAPPING, step=one.step or Step.FINDING)
        if connection is None or changed is None:
            return
        one = changed
        name = one.old.filename if one.keeps_name else ""
        note = self._rows.note_for(one)
        wanted = Swap(one.old, one.prepared.facts, one.old.mosaic_id, one.prepared.known_ids, name)

        def work(client: MapflowClient, token: CancelToken) -> Swapped:
            def tell(step: Step) -> None:
                token.check()
                self.tell("_stepped", one.id, step)

            found = one.new.id if one.new else one.image_id
            return swap(client, wanted, found, tell, token, patience.wait_for, patience.poll, note)

        self.run(
            ("swap", one.id),
            lambda token: with_client(connection, token, work, patience.scale),
            lambda swapped: self._on_swapped(one.id, swapped),
            lambda error: self._on_swapped(one.id, Swapped(Step.FINDING, None, error)),
            description="Mapflow Data: replace image",
        )

    def _on_stepped(self, number: int, step: Step) -> None:
        one = self._all.get(number)
        if one is not None and one.stage is Stage.SWAPPING:
            self._change(one, step=step)

    def _on_swapped(self, number: int, swapped: Swapped) -> None:
        one = self._all.get(number)
        if one is not None and not one.is_over:
            changed = replace(one, step=swapped.step, new=swapped.new or one.new, note=swapped.note)
            self._finish(changed, error=swapped.error)

    # The end

    def _give_up(self, one: Replacement, error: MapflowError) -> None:
        """First the end, so that what the queue says of its job is not taken for news."""
        self.cancel(("swap", one.id))
        self._finish(one, error=error)
        if one.stage is Stage.UPLOADING:
            self._queue.cancel([one.job_id])

    def _finish(self, one: Replacement, error: Optional[MapflowError]) -> None:
        known = self._all.get(one.id)
        if known is None or known.is_over:
            return
        one = self._rows.closed(replace(one, stage=Stage.FAILED if error else Stage.DONE, error=error))
        self._all[one.id] = one
        self.progressed.emit(one)
        if one.stage is Stage.DONE:
            self.replaced.emit(one.old.mosaic_id, one.old, one.new)
        self.ended.emit(one)
        if self._connection is not None and not self._is_closed:
            self._go_on()
