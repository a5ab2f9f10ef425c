"""The calls about the account itself. Blocking, any one thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .answers import read_json
from .call import PROBE, Call
from .errors import IncompleteAnswer, NotFound, NotMapflow, Refused
from .models import Storage, UserStatus

if TYPE_CHECKING:
    from .transport import Transport

NO_SUCH_CALL = (404, 405)  # what servers of other ages answer to calls that they do not have


class Account:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def storage(self) -> Storage:
        """Used and free bytes and the limits of one file; also the cheapest proof of a valid token.

        Raises `NotMapflow` where the server does not know the call or answers something else.
        """
        try:
            return Storage.from_json(self._transport.run(PROBE, read_json))
        except NotFound as error:
            raise NotMapflow(str(error), request=error.request, status=error.status) from None
        except IncompleteAnswer as error:
            if error.request:
                raise
            raise NotMapflow(str(error), request=PROBE.label, status=200) from None

    def status(self) -> UserStatus:
        """Limits and linked providers; all unknown where the server does not have the call."""
        try:
            return UserStatus.from_json(self._transport.run(Call("GET", "/user/status"), read_json))
        except Refused as error:
            if error.status in NO_SUCH_CALL:
                return UserStatus()
            raise
