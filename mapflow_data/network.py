"""Signs QGIS' own requests to the API's origin: the tiles of layers that hold no credential themselves.

Installed on the main thread; `_sign` runs in whichever thread QGIS asks from, render threads among them.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Optional

from qgis.core import Qgis, QgsNetworkAccessManager
from qgis.PyQt.QtNetwork import QNetworkRequest

from .api.connection import Connection, origin_of

_AUTHORIZATION = b"Authorization"
_NOTHING: Mapping[str, bytes] = MappingProxyType({})

# A preprocessor ends QGIS 3.34 at once where Python is 3.12 (qgis/QGIS issue 55329); 3.40 is well again
CAN_SIGN = Qgis.QGIS_VERSION_INT >= 34000 or sys.version_info < (3, 12)


class TileSigner:
    """Adds the Authorization header to requests of one origin, and to no other, whatever the layer says.

    The map of origin to header is never changed, only replaced: a render thread sees the old or the new one.
    """

    def __init__(self) -> None:
        self._headers = _NOTHING
        self._id = ""

    def install(self) -> None:
        """Where that would crash QGIS, nothing is signed, and tiles that need it stay away."""
        if CAN_SIGN and not self._id:
            self._id = QgsNetworkAccessManager.setRequestPreprocessor(self._sign)

    def set_connection(self, connection: Optional[Connection]) -> None:
        if connection is None or not connection.origin:
            self._headers = _NOTHING
        else:
            header = connection.authorization.encode("ascii", "ignore")
            self._headers = MappingProxyType({connection.origin: header})

    def remove(self) -> None:
        """The credential is dropped at once; harmless when not installed."""
        self._headers = _NOTHING
        if self._id:
            QgsNetworkAccessManager.removeRequestPreprocessor(self._id)
            self._id = ""

    def _sign(self, request: QNetworkRequest) -> None:
        """Raises nothing: an exception in a render thread would be nobody's to catch."""
        headers = self._headers
        if not headers or any(
            bytes(name).lower() == _AUTHORIZATION.lower() for name in request.rawHeaderList()
        ):
            return
        header = headers.get(origin_of(request.url().toString()))
        if header:
            request.setRawHeader(_AUTHORIZATION, header)
            request.setAttribute(
                QNetworkRequest.Attribute.RedirectPolicyAttribute,
                QNetworkRequest.RedirectPolicy.SameOriginRedirectPolicy,
            )
