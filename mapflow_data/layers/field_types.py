"""Types of attribute fields under the names of Qt 5 and Qt 6. Any thread."""

from __future__ import annotations

from qgis.core import Qgis, QgsField
from qgis.PyQt.QtCore import QMetaType, QVariant

_BY_META_TYPE = Qgis.QGIS_VERSION_INT >= 33800  # QgsField takes QMetaType since 3.38, QVariant.Type before

if _BY_META_TYPE:
    TEXT = QMetaType.Type.QString
    INTEGER = QMetaType.Type.Int
    LONG = QMetaType.Type.LongLong
    REAL = QMetaType.Type.Double
    MOMENT = QMetaType.Type.QDateTime
else:
    TEXT = QVariant.String
    INTEGER = QVariant.Int
    LONG = QVariant.LongLong
    REAL = QVariant.Double
    MOMENT = QVariant.DateTime

# what the memory and GeoPackage providers call them
_TYPE_NAMES = {TEXT: "string", INTEGER: "integer", LONG: "int8", REAL: "double", MOMENT: "datetime"}


def field(name: str, kind: int) -> QgsField:
    return QgsField(name, kind, _TYPE_NAMES[kind])
