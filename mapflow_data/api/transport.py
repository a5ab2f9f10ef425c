"""The one way to the wire: signs, sends, follows, waits, tries again, and turns every failure into an error
of the tree. Blocking; one instance per thread.
"""

from __future__ import annotations

import json
import math
import time
from typing import Any, Callable, Optional, TypeVar
from urllib.parse import urljoin

import requests

from . import foreign, retry
from .answers import Answer, check
from .bodies import JSON_CAP, copy_body, read_body
from .call import PROBE, Call
from .cancel import CancelToken
from .causes import NETWORK_FAULTS, translate
from .connection import Connection, origin_of
from .doubt import as_forbidden, is_doubtful, unconfirmed
from .errors import (
    BadAnswer,
    Cancelled,
    ConnectionFailed,
    IncompleteAnswer,
    MapflowError,
    NotFound,
    NotMapflow,
    Refused,
    ServerFailed,
    SignInRequired,
    TimedOut,
)
from .multipart import FileBody
from .sockets import Adapter, Session, proxy_refusal
from .switch import Switch
from .tls import make_trust

T = TypeVar("T")
OnWait = Callable[[float, MapflowError], None]
MAX_REDIRECTS = 3
REDIRECTS = (301, 302, 303, 307, 308)


class Transport:
    """`time_scale` stretches every timeout and wait; it is 1 but in tests."""

    def __init__(
        self,
        connection: Connection,
        cancel: Optional[CancelToken] = None,
        on_wait: Optional[OnWait] = None,
        time_scale: float = 1.0,
    ) -> None:
        self.connection = connection
        self.cancel = cancel or CancelToken()
        self._on_wait = on_wait
        self._scale = time_scale
        self._switch = Switch(self.cancel, time_scale)
        self._session: Optional[requests.Session] = None
        self._quiet_until = 0.0

    def run(self, call: Call, read: Callable[[Answer], T]) -> T:
        """Ask, as often as the call's class says, and give what `read` makes of the answer.

        A 401 is believed only once the cheapest call confirms it; else it is about this one thing alone.
        """
        try:
            return self._series(call, read)
        except SignInRequired as error:
            if call.is_foreign:
                raise as_forbidden(error) from None
            if call.target == PROBE.target or self._is_signed_out():
                raise
            raise as_forbidden(error) from None

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    def _is_signed_out(self) -> bool:
        """Raises `ConnectionFailed` where nothing can be told."""
        try:
            self._series(PROBE, check)
        except (Refused, BadAnswer, NotMapflow):
            return True
        return False

    def _series(self, call: Call, read: Callable[[Answer], T]) -> T:
        attempt = 0
        while True:
            try:
                return self._attempt(call, read)
            except MapflowError as error:
                if attempt and call.method == "DELETE" and isinstance(error, NotFound):
                    return read(Answer(204))  # an earlier attempt did it
                if not call.kind.tries_again(error, attempt):
                    raise
                self._wait(retry.delay(error, attempt), error)
            attempt += 1

    def _attempt(self, call: Call, read: Callable[[Answer], T]) -> T:
        """One attempt, told apart: what failed, and whether it may have worked nevertheless."""
        self.cancel.check()
        self._keep_quiet()
        body = None
        try:
            body = call.make_body() if call.make_body else None
            if call.kind.leaves_doubt:
                self.close()  # an idle connection may be dead, and here that could not be repaired
            with self._switch.attempt(call.kind):
                answer = self._exchange(call, body)
            return read(answer)
        except (*NETWORK_FAULTS, MapflowError) as error:
            failed = self._failure(error)
        was_sent = body.is_complete if body else self._switch.has_sent
        if call.kind.leaves_doubt and was_sent and is_doubtful(failed):
            failed = unconfirmed(failed)
        if isinstance(failed, ServerFailed) and not call.is_foreign:
            self._quiet_until = time.monotonic() + retry.SERVER_FAULT_GAP * self._scale
        failed.request = failed.request or call.label
        raise failed from None

    def _exchange(self, call: Call, body: Optional[FileBody]) -> Answer:
        url, is_own = call.url(self.connection.server), True
        if call.is_foreign:
            foreign.check(url, self.connection)
        for _ in range(MAX_REDIRECTS + 1):
            is_own = is_own and origin_of(url) == self.connection.origin
            self._switch.public_only = call.is_foreign and foreign.must_be_public(url, self.connection)
            response = self._send(call, url, body, self._headers(is_own))
            try:
                if not (response.status_code in REDIRECTS and response.headers.get("Location")):
                    return self._received(call, response)
                url = self._followed(call, url, response)
            finally:
                response.close()
        raise NotMapflow("too many redirects", code="redirect")

    def _send(
        self, call: Call, url: str, body: Optional[FileBody], headers: dict[str, Any]
    ) -> requests.Response:
        data: Any = body
        if call.save is not None:
            headers["Accept-Encoding"] = "identity"  # so that the length told is the file's
        if body is not None:
            headers["Content-Type"] = body.content_type
        elif call.json is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(call.json).encode("utf-8")
        return self._opened_session().request(
            call.method,
            url,
            data=data,
            headers=headers,
            timeout=(call.kind.connect * self._scale, call.kind.answer_idle * self._scale),
            allow_redirects=False,
            stream=True,
        )

    def _headers(self, is_own: bool) -> dict[str, Any]:
        """The credential and our name go to the API's own origin only, and not on a foreign host's word."""
        headers: dict[str, Any] = {"Accept": "*/*", "Accept-Encoding": "gzip", "User-Agent": None}
        if is_own:
            headers["Authorization"] = self.connection.authorization
            headers["User-Agent"] = headers["x-plugin-version"] = self.connection.user_agent
        return headers

    def _received(self, call: Call, response: requests.Response) -> Answer:
        if response.status_code == requests.codes.proxy_authentication_required:
            raise proxy_refusal(response.status_code, response.raw.headers, self._proxy())
        if call.save is not None and 200 <= response.status_code < 300:
            copy_body(response.raw, response.headers, call.cap, call.save)
            return Answer(response.status_code, response.headers)
        cap = call.cap if call.save is None else JSON_CAP  # a refusal may be longer than the file
        body = read_body(response.raw, response.headers, cap)
        if response.status_code >= requests.codes.bad_request:
            body = body.replace(self._secret(), b"...")  # some servers repeat what they did not like
        return Answer(response.status_code, response.headers, body)

    def _secret(self) -> bytes:
        return self.connection.authorization.partition(" ")[2].rstrip("=").encode() or b"\0"

    def _followed(self, call: Call, url: str, response: requests.Response) -> str:
        """Where a redirect leads: within one origin and for GET only, as it would carry the credential; a
        picture's may lead to any origin that could be asked for it.
        """
        try:
            target = urljoin(url, response.headers["Location"])
        except ValueError:
            target = ""
        if call.is_foreign:
            foreign.check(target, self.connection, before=url)
            return target
        if call.method != "GET" or origin_of(target) != origin_of(url):
            raise NotMapflow("a redirect", status=response.status_code, code="redirect")
        return target

    def _opened_session(self) -> requests.Session:
        if self._session is None:
            session = Session()
            session.trust_env = False  # a ~/.netrc would replace our Authorization
            session.proxies = dict(self.connection.proxies)
            adapter = Adapter(self._switch, make_trust(self.connection.ca_pem))
            session.mount("https://", adapter)
            session.mount("http://", adapter)
            self._session = session
        return self._session

    def _failure(self, error: Exception) -> MapflowError:
        """A connection that we shut ourselves fails in any way: why we did it comes first."""
        if self.cancel.is_cancelled:
            return Cancelled()
        failed = error if isinstance(error, MapflowError) else translate(error, self._switch.has_sent)
        if self._switch.is_late and isinstance(failed, (ConnectionFailed, IncompleteAnswer)):
            return TimedOut("the answer took too long")
        return failed

    def _proxy(self) -> dict[str, Any]:
        url = requests.utils.select_proxy(self.connection.server, dict(self.connection.proxies)) or ""
        return {"proxy": origin_of(url).partition("://")[2]}

    def _keep_quiet(self) -> None:
        left = self._quiet_until - time.monotonic()
        if left > 0:
            self.cancel.wait(left)

    def _wait(self, seconds: float, why: MapflowError) -> None:
        until = time.monotonic() + seconds * self._scale
        left = seconds
        while left > 0:
            if self._on_wait:
                self._on_wait(float(math.ceil(left)), why)
            self.cancel.wait(min(left, 1.0) * self._scale)
            left = (until - time.monotonic()) / self._scale
