"""A form as its row keeps it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from config.vault import sealed as sealed_columns

Form = dict[str, Any]


def sealed(form: Form, form_id: UUID) -> bytes:
    """The form, sealed for the row of this id."""
    text = orjson.dumps(form).decode()
    return sealed_columns.seal("case_form", form_id, column="form", text=text)


def opened(row: Mapping[str, Any]) -> tuple[Form, int]:
    """The form of a row with the columns of `statements.FORM`, and its number."""
    form: Form = sealed_columns.unseal_json(
        "case_form", row["form_id"], column="form", stored=row["form_sealed"]
    )
    return form, row["form_no"]
