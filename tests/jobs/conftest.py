"""Jobs write to the stand-in GitHub too: their requests are held against its description."""

from __future__ import annotations

from tests.tracker.pull_request.conftest import _as_described, _on_any_machine

__all__ = ["_as_described", "_on_any_machine"]
