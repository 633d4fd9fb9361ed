"""What a case is about, by which two cases of one item are told apart."""

from collections.abc import Mapping
from typing import Any

import orjson

from backend.catalogue import forms
from backend.catalogue.queries import ItemVersion
from config import vault


def key(item: ItemVersion, form: Mapping[str, Any]) -> str:
    """The values of the fields that say it, blinded; '' where an item has only one such thing."""
    values = [forms.at(form, pointer) for pointer in item.object_fields]
    return vault.blind("object", orjson.dumps(values).decode()) if values else ""
