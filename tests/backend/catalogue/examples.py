"""Items as their files give them, without a database."""

from functools import cache
from uuid import UUID

from backend.catalogue.loading import contents
from backend.catalogue.loading.contents import ItemContent
from backend.catalogue.search import vocabulary
from backend.catalogue.search.index import Index
from backend.catalogue.versions import ItemVersion, RouteStep
from backend.organisation import contents as organisation
from models import Role, VersionStatus


@cache
def departments() -> dict[str, str]:
    """Names of the departments by code."""
    return {row.code: row.name for row in organisation.read().departments}


@cache
def items() -> dict[str, ItemContent]:
    """What the files say, by item code."""
    found = contents.read(frozenset(departments()))
    assert found.bad == []
    return {item.code: item for item in found.items}


@cache
def version(code: str) -> ItemVersion:
    """The item as its first published version."""
    item = items()[code]
    fields = dict(item.fields)
    return ItemVersion(
        id=UUID(int=1),
        code=code,
        version=1,
        status=VersionStatus.PUBLISHED,
        published_at=None,
        department_code=item.department,
        department_name=departments()[item.department],
        route=tuple(
            RouteStep(**{"joint_departments": ()} | step | {"role": Role(step["role"])})
            for step in fields.pop("route")
        ),
        materials=tuple(fields.pop("materials")),
        object_fields=tuple(fields.pop("object_fields")),
        **fields,
    )


@cache
def index() -> Index:
    """The search over them, as a process that serves makes it."""
    entries = (
        vocabulary.entry(
            item.code,
            (item.fields["name"], item.fields["guide"]["name_en"]),
            (
                departments()[item.department],
                *(each["text"] for each in item.fields["guide"]["conditions"]),
            ),
        )
        for item in items().values()
    )
    return Index(entries, vocabulary.nearby(), vocabulary.words())
