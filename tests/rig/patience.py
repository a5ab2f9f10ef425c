"""How long tests wait for what is sure to come. No test is about that: it only tells what is slow from what
hangs, and on a busy machine all is slow.
"""

from __future__ import annotations

SOON = 10.0  # seconds; what is not to be waited for takes 20 and more
SOON_MS = 10_000
AT_LEAST_MS = 15_000
