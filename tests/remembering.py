"""The texts of data files that tests read over and over, each parsed once in a process."""

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import pytest
import yaml

from config import sources

TEXTS = 256
_Loader = sources._Loader  # noqa: SLF001 - what `remembered` stands in for


class _Remembering:
    """Stands in for the reader of YAML: what it reads is as new each time."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.refused: list[tuple[int, str]] = []

    def get_single_data(self) -> Any:
        """What the text says; raises as the reader does."""
        content, self.refused = _read(self._text)
        if content is not None:
            return pickle.loads(content)
        loader = _Loader(self._text)
        self.refused = loader.refused
        return loader.get_single_data()

    def dispose(self) -> None:
        """The reader was let go of at once."""


@lru_cache(TEXTS)
def _read(text: str) -> tuple[bytes | None, list[tuple[int, str]]]:
    """What it says, pickled, and what is refused of it; nothing of a text that is no YAML."""
    loader = _Loader(text)
    try:
        return pickle.dumps(loader.get_single_data()), loader.refused
    except (ValueError, yaml.YAMLError):
        return None, []
    finally:
        loader.dispose()


@contextmanager
def remembered() -> Iterator[None]:
    """Until the end of the block no text is parsed twice."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sources, "_Loader", _Remembering)
        yield
