"""How hard to try: a few fixed cases in `make test`, more and other ones each time in `make fuzz`."""

import os

from hypothesis import HealthCheck, settings

LONG = "TESTS_FUZZ"

settings.register_profile(
    "fixed", max_examples=30, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
settings.register_profile(
    "long", max_examples=3000, database=None, deadline=None, print_blob=True, suppress_health_check=list(HealthCheck)
)
settings.load_profile("long" if os.environ.get(LONG) else "fixed")
