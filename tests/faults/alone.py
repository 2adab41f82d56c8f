"""What measures a portal under load has to have the machine to itself."""

import os

import pytest

alone = pytest.mark.skipif("TESTS_SOAK" not in os.environ, reason="under load, so alone: `make soak` runs it")
