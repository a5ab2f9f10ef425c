"""Why no usable answer came: the network, TLS, proxies, and what is no Mapflow. Any thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Callable

from qgis.PyQt.QtCore import QCoreApplication

from ...api import errors, fields
from ...api.errors import MapflowError
from .plain import cut, words_of

translate = QCoreApplication.translate


def _host_not_found(error: MapflowError) -> str:
    return translate(
        "Messages", "the server's name cannot be found; check its spelling and your network connection"
    )


def _unreachable(error: MapflowError) -> str:
    if error.code == "no_tls":
        return translate("Messages", "the server does not speak https there; check the address and its port")
    return translate(
        "Messages", "the server cannot be reached; check the network, and the proxy in QGIS' network options"
    )


def _connection_lost(error: MapflowError) -> str:
    return translate("Messages", "the connection broke off; try again")


def _timed_out(error: MapflowError) -> str:
    return translate("Messages", "the server did not answer in time; try again")


def _tls_failed(error: MapflowError) -> str:
    why = cut(getattr(error, "reason", "")) or words_of(error) or "TLS"
    if error.code == "clock":
        words = translate(
            "Messages",
            "the server's certificate is not valid today ({0}); check the clock of this computer",
        )
    elif error.code == "ca":
        words = translate("Messages", "QGIS' certificates cannot be used; check its authentication options")
    else:
        words = translate(
            "Messages",
            "the server's certificate is not trusted ({0}); add its authority in QGIS' options",
        )
    return words.format(why)


def _proxy_failed(error: MapflowError) -> str:
    words = {
        "socks": translate(
            "Messages",
            "a SOCKS proxy needs the package PySocks; install it, or set an HTTP proxy",
        ),
        "auth": translate(
            "Messages", "{0} wants a user name and password; set them in QGIS' network options"
        ),
        "scheme": translate(
            "Messages",
            "{0} asks for a sign-in that is not supported ({1}); ask its administrator for Basic",
        ),
        "tunnel": translate("Messages", "{0} refused the connection (status {2}); ask its administrator"),
    }.get(error.code)
    if words is None:
        words = translate("Messages", "{0} cannot be reached; check the proxy in QGIS' network options")
    return words.format(
        _proxy_name(error), ", ".join(fields.texts(error.parameters.get("schemes"))), error.status
    )


def _proxy_name(error: MapflowError) -> str:
    address = fields.text(error.parameters.get("proxy"))
    if not address:
        return translate("Messages", "the proxy")
    return translate("Messages", "the proxy {0}").format(address)


def _not_mapflow(error: MapflowError) -> str:
    return translate(
        "Messages", "this is not a Mapflow server, or a proxy or login page answered; check the address"
    )


def _incomplete(error: MapflowError) -> str:
    return translate("Messages", "the server's answer was incomplete; try again")


def _too_large_answer(error: MapflowError) -> str:
    return translate("Messages", "the server's answer was too large to be taken")


def _bad_answer(error: MapflowError) -> str:
    if error.code == "picture":
        return translate("Messages", "the server sent no picture that can be shown; try again later")
    return translate("Messages", "the server's answer could not be understood; try again")


WORDS: Mapping[type, Callable[[MapflowError], str]] = {
    errors.ConnectionFailed: _unreachable,
    errors.Unreachable: _unreachable,
    errors.HostNotFound: _host_not_found,
    errors.ConnectionLost: _connection_lost,
    errors.TimedOut: _timed_out,
    errors.TlsFailed: _tls_failed,
    errors.ProxyFailed: _proxy_failed,
    errors.NotMapflow: _not_mapflow,
    errors.BadAnswer: _bad_answer,
    errors.IncompleteAnswer: _incomplete,
    errors.AnswerTooLarge: _too_large_answer,
}
