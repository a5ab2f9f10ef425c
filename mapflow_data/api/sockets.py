"""Connections for `requests` that can be shut from outside, keep their own send timeout and read an answer
that comes before the body is through. One transport, one thread.
"""

from __future__ import annotations

import http.client
import select
import socket
import ssl
from typing import Any, Optional

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from .dial import dial
from .errors import ProxyFailed, Unreachable
from .switch import Switch
from .tls import Trust, is_address


class SwitchedConnection:
    """Mixed into urllib3's connection classes."""

    switch: Switch  # these two set by `_switched`
    address_context: ssl.SSLContext
    is_socks = False
    handle: Optional[socket.socket] = None
    sock: Any
    proxy: Any
    host: str
    port: int

    def _new_conn(self) -> socket.socket:
        if is_address(getattr(self, "_tunnel_host", None) or self.host):
            self.ssl_context = self.address_context
        sock = self._dial_socks() if self.is_socks else self._dial()
        self.handle = sock.dup()
        self.switch.use(self.handle)
        return sock

    def _dial(self) -> socket.socket:
        switch, host = self.switch, getattr(self, "_dns_host", self.host)
        through = getattr(self, "proxy", None)
        try:
            return dial(host, self.port, switch.connect, switch.cancel, switch.public_only and not through)
        except Unreachable as error:
            if through is None:
                raise
            raise ProxyFailed(str(error), code="refused", parameters=_named(host, self.port)) from None

    def _dial_socks(self) -> socket.socket:
        """By PySocks; a cancel waits for its connect timeout."""
        try:
            sock: socket.socket = super()._new_conn()  # type: ignore[misc]
        except HTTPError:
            told = self._socks_options  # type: ignore[attr-defined]
            named = _named(told["proxy_host"], told["proxy_port"])
            raise ProxyFailed("no way through", code="refused", parameters=named) from None
        return sock

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()  # type: ignore[attr-defined]
        self.switch.use(self.handle)
        self.switch.has_sent = True
        self.sock.settimeout(self.switch.send_idle)  # here, as urllib3 sets its own in connect()
        try:
            super().send(data)  # type: ignore[misc]
        except (
            ConnectionResetError,
            ConnectionAbortedError,
            ssl.SSLEOFError,
            ssl.SSLZeroReturnError,
        ) as error:
            raise BrokenPipeError(str(error)) from error  # on which urllib3 goes on to read the answer
        except socket.timeout as error:
            if self._has_answer():
                raise BrokenPipeError(str(error)) from error
            raise

    def _has_answer(self) -> bool:
        """Not over TLS, where a session ticket may be all that there is to read."""
        if isinstance(self.sock, ssl.SSLSocket):
            return False
        return bool(select.select([self.sock], [], [], 0)[0])

    def _tunnel(self) -> None:
        """CONNECT, as http.client's own drops the headers that tell what a 407 asks for."""
        host, port = self._tunnel_host, self._tunnel_port or 443  # type: ignore[attr-defined]
        name = f"[{host}]:{port}" if ":" in host and not host.startswith("[") else f"{host}:{port}"
        headers = {"Host": name, **self._tunnel_headers}  # type: ignore[attr-defined]
        lines = [f"CONNECT {name} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items()), "", ""]
        self.sock.settimeout(self.switch.connect)
        self.sock.sendall("\r\n".join(lines).encode("latin-1"))
        answer = http.client.HTTPResponse(self.sock, method="CONNECT")
        try:
            answer.begin()
            if not 200 <= answer.status < 300:
                raise proxy_refusal(answer.status, answer.headers, _named(self.host, self.port))
        finally:
            answer.close()

    def close(self) -> None:
        super().close()  # type: ignore[misc]
        if self.handle is not None:
            self.switch.retire(self.handle)
            self.handle = None


class Session(requests.Session):
    """Told not to follow a redirect, `requests` would read its body all the same, without a cap."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """There is none for it to see; following is the transport's."""


class Adapter(HTTPAdapter):
    """Hands the switch to each connection and our certificates to each pool, proxied or not."""

    def __init__(self, switch: Switch, trust: Trust) -> None:
        self._switch, self._trust = switch, trust
        super().__init__(pool_connections=2, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._trust.for_names, **kwargs)  # type: ignore[no-untyped-call]
        _install(self.poolmanager, self._switch, self._trust)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        known = proxy in self.proxy_manager
        kwargs["ssl_context"] = self._trust.for_names
        manager = super().proxy_manager_for(proxy, **kwargs)  # type: ignore[no-untyped-call]
        if not known:
            _install(manager, self._switch, self._trust, is_socks=proxy.lower().startswith("socks"))
        return manager

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """The context is complete: nothing is loaded per connection."""
        conn.cert_reqs = "CERT_REQUIRED"


def proxy_refusal(status: int, headers: Any, named: dict[str, Any]) -> ProxyFailed:
    """What a proxy's refusal means. `requests` speaks Basic to a proxy, not NTLM or Negotiate."""
    offers = headers.get_all("Proxy-Authenticate") if hasattr(headers, "get_all") else None
    schemes = [offer.split()[0] for line in offers or [] for offer in line.split(",") if offer.split()]
    known = [s for s in schemes if s.lower() in ("basic", "digest", "ntlm", "negotiate", "kerberos")]
    code = "tunnel"
    if status == http.client.PROXY_AUTHENTICATION_REQUIRED:
        code = "auth" if not known or "basic" in map(str.lower, known) else "scheme"
    return ProxyFailed(status=status, code=code, parameters={**named, "schemes": known})


def _install(manager: Any, switch: Switch, trust: Trust, is_socks: bool = False) -> None:
    manager.pool_classes_by_scheme = {
        scheme: _switched(pool, switch, trust, is_socks)
        for scheme, pool in manager.pool_classes_by_scheme.items()
    }


def _switched(pool: Any, switch: Switch, trust: Trust, is_socks: bool) -> type:
    bases = (SwitchedConnection, pool.ConnectionCls)
    members = {"switch": switch, "is_socks": is_socks, "address_context": trust.for_addresses}
    connection = type("Connection", bases, members)
    return type(pool.__name__, (pool,), {"ConnectionCls": connection})


def _named(host: str, port: int) -> dict[str, Any]:
    return {"proxy": f"{host}:{port}"}
