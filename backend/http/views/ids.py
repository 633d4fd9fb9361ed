"""Ids that are text already where they are read."""

from typing import Annotated

from pydantic import Field

IdText = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
"""A UUID's text, as rows that PostgreSQL hands over as JSON have it."""
