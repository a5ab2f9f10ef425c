"""Why a call failed and what to do about it, as one clause per class of error and per code. Any thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Callable

from qgis.PyQt.QtCore import QCoreApplication

from ...api import errors
from ...api.errors import MapflowError
from . import codes
from .local_reasons import bad_input, file_unreadable, source_changed
from .network_reasons import WORDS as NETWORK_WORDS
from .plain import cut

translate = QCoreApplication.translate


def reason_of(error: MapflowError) -> str:
    """The words of its code, else of the nearest class in its ancestry that has some."""
    known = codes.reason(error)
    if known:
        return known
    for cls in type(error).__mro__:
        if cls in REASONS:
            return REASONS[cls](error)
    return translate("Messages", "an unknown error ({0})").format(type(error).__name__)


def _server_said(error: MapflowError) -> str:
    return cut(error.server_text) or error.code or translate("Messages", "no reason given")


def _unconfirmed(error: MapflowError) -> str:
    return translate(
        "Messages", "all was sent, but the server did not confirm it; refresh the list before sending again"
    )


def _sign_in(error: MapflowError) -> str:
    return translate(
        "Messages", "the server did not accept the token; copy it again, whole, from your Mapflow account"
    )


def _forbidden(error: MapflowError) -> str:
    return translate("Messages", "your account has no right to this; ask its owner for access")


def _not_found(error: MapflowError) -> str:
    return translate("Messages", "it no longer exists on the server; refresh the list")


def _conflict(error: MapflowError) -> str:
    return translate("Messages", "it conflicts with what is on the server ({0}); refresh the list").format(
        _server_said(error)
    )


def _too_large(error: MapflowError) -> str:
    return translate("Messages", "the file is larger than the server takes; split or compress it")


def _invalid(error: MapflowError) -> str:
    fields = "; ".join(f"{name}: {cut(str(value))}" for name, value in error.parameters.items())
    return translate("Messages", "the server did not accept the values ({0}); correct them").format(
        fields or _server_said(error)
    )


def _rate_limited(error: MapflowError) -> str:
    return translate("Messages", "too many requests for now; try again in a minute")


def _server_failed(error: MapflowError) -> str:
    return translate("Messages", "the server failed (status {0}); try again later").format(
        error.status or 500
    )


def _refused(error: MapflowError) -> str:
    return translate("Messages", "the server refused: {0}").format(_server_said(error))


def _unexpected(error: MapflowError) -> str:
    return translate("Messages", "a fault of the plugin itself; its details are in the log, please report it")


def _cancelled(error: MapflowError) -> str:
    return translate("Messages", "cancelled")


REASONS: Mapping[type, Callable[[MapflowError], str]] = {
    **NETWORK_WORDS,
    errors.Cancelled: _cancelled,
    errors.BadInput: bad_input,
    errors.FileUnreadable: file_unreadable,
    errors.SourceChanged: source_changed,
    errors.Unconfirmed: _unconfirmed,
    errors.Unexpected: _unexpected,
    errors.Refused: _refused,
    errors.SignInRequired: _sign_in,
    errors.Forbidden: _forbidden,
    errors.NotFound: _not_found,
    errors.Conflict: _conflict,
    errors.TooLarge: _too_large,
    errors.Invalid: _invalid,
    errors.RateLimited: _rate_limited,
    errors.ServerFailed: _server_failed,
}
