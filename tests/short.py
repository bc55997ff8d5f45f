"""CIRCOLARE_SHORT: a second run, on other servers, leaves out what the first has shown whatever servers there are."""

import os

import pytest

IS_SHORT = "CIRCOLARE_SHORT" in os.environ
ONCE = pytest.mark.skipif(IS_SHORT, reason="CIRCOLARE_SHORT is set: once is enough")
