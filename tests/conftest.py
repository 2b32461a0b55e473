"""What all tests share: property tests try the same examples on every machine, in any time."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "house",
    deadline=None,
    derandomize=True,
    # How fast examples come, or how many a filter drops, says something of the machine and of
    # luck, and nothing of the code.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.load_profile("house")
