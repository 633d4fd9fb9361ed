"""Papers as they are handed in with an application."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from backend.http.body import Body


class MaterialIn(Body):
    """A paper handed in: which one, and the uploaded file."""

    material_code: Annotated[str, Field(min_length=1, max_length=64)]
    file_id: Annotated[UUID, Field(strict=False)]


Materials = Annotated[list[MaterialIn], Field(max_length=50)]


def pairs(materials: list[MaterialIn]) -> list[tuple[str, UUID]]:
    """Each as (material code, file id)."""
    return [(material.material_code, material.file_id) for material in materials]
