"""Settings read from an environment of a test's own."""

import os
import re
from unittest import mock

import pytest

from config import settings as module
from config.setting_faults import PREFIX
from config.settings import Settings, SettingsError

OWN_SECRET = "k1:something-secret-enough-for-everybody"
OWN_KEY = "1:aes:0STcJqz8lpm09CHDuwlSbty487i6VY4QNiCU/Oomk4g="
OWN_PUSH_KEY = "q8Vf3LxZ0tRm5Nw1YbKc7Hj2Pd9Gs4AeUi6To0Xy1BM"


def read(environ: dict[str, str]) -> Settings:
    """The settings, whose names are given without the prefix; raises SettingsError."""
    given = {PREFIX + name: value for name, value in environ.items()}
    with mock.patch.dict(os.environ, given, clear=True):
        return module.read()


def faults(environ: dict[str, str]) -> list[str]:
    """The lines of the refusal, each a sentence in both languages that begins with its setting."""
    with pytest.raises(SettingsError) as refusal:
        read(environ)
    told = str(refusal.value).splitlines()
    assert all(line.startswith(PREFIX) and line.endswith((".", "?")) for line in told)
    assert all(re.search("[\u4e00-\u9fff]", line) for line in told)
    return told
