"""NumPy, loaded when a worker thread first needs it: at the first opening of the dock it would take a tenth
of a second. `from .late_numpy import np`. Any thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
else:

    class _Late:
        def __getattr__(self, name: str) -> Any:
            import numpy

            return getattr(numpy, name)

    np = _Late()

__all__ = ["np"]
