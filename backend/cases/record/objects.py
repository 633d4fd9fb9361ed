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


def named(form: Mapping[str, Any]) -> str | None:
    """The ID number of whom the form is about, blinded as a person's is; None where it has none."""
    number, _ = forms.applicant(form)
    return vault.blind("id_number", number) if number else None
