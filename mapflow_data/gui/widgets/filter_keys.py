"""From the field of a filter to the list below it and back, by keys alone. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Callable

from qgis.PyQt.QtCore import QEvent, QModelIndex, QObject, Qt
from qgis.PyQt.QtWidgets import QAbstractItemView, QLineEdit

from .keys import ENTER, NO_KEY, PRESSED, key_of

TO_LIST = (Qt.Key.Key_Down, *ENTER)


class FilterKeys(QObject):
    """Down and Enter go from the field to the list, Up from its first row back; Esc empties the field.

    Of several `views` the one in sight is the list. `apply` has what was typed count now, `first` tells the
    row of a view to begin with.
    """

    def __init__(
        self,
        edit: QLineEdit,
        views: Sequence[QAbstractItemView],
        apply: Callable[[], object],
        clear: Callable[[], object],
        first: Callable[[QAbstractItemView], QModelIndex],
    ) -> None:
        super().__init__(edit)
        self._edit = edit
        self._views = views
        self._apply = apply
        self._clear = clear
        self._first = first
        for widget in (edit, *views):
            widget.installEventFilter(self)

    def go_to_field(self) -> None:
        """What is in it is selected, so that typing begins anew."""
        self._edit.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in PRESSED:
            return False
        key, held = key_of(event)
        if held != NO_KEY:
            return False
        is_press = event.type() == QEvent.Type.KeyPress
        if watched is not self._edit:
            return is_press and key == Qt.Key.Key_Up and self._leave(watched)
        if key == Qt.Key.Key_Escape and self._edit.text():
            event.accept()  # it is no shortcut of QGIS here
            if is_press:
                self._clear()
            return True
        return is_press and key in TO_LIST and self._enter()

    def _enter(self) -> bool:
        self._apply()
        view = next((one for one in self._views if one.isVisible()), None)
        if view is None:
            return True
        view.setFocus(Qt.FocusReason.OtherFocusReason)
        first = self._first(view)
        if first.isValid():
            view.setCurrentIndex(first)
            view.scrollTo(first)
        return True

    def _leave(self, view: QAbstractItemView) -> bool:
        """In the first line of a sheet of pictures there is nothing above either."""
        current = view.currentIndex()
        top = view.model().index(0, current.column(), view.rootIndex())
        if not current.isValid() or view.visualRect(current).top() > view.visualRect(top).top():
            return False
        self.go_to_field()
        return True
