"""The upload dialog: layers, what will happen to each, and where they go."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qgis.PyQt.QtWidgets import QWidget

    from ...services.bundle import Services
    from .dialog import UploadDialog


def make_dialog(services: Services, parent: QWidget) -> UploadDialog:
    """Imports it at the first upload: the dock opens without it. Main thread."""
    from .dialog import UploadDialog

    return UploadDialog(services, parent)
