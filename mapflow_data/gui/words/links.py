"""Pages on the web that the plugin points to. Any thread."""

from __future__ import annotations

ACCOUNT_PAGE = "https://app.mapflow.ai/account/api"  # Source: Mapflow docs, "Authorization to Mapflow API"
