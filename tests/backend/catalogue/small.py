"""An item so small that a test says all of it."""

from typing import Any
from uuid import UUID

from backend.catalogue.versions import ItemVersion, RouteStep
from models import Assurance, Flow, Role, UnitLevel, VersionStatus

ID_NUMBER = "11010519491231002X"
OTHER_ID_NUMBER = "210102199003070038"


def text(title: str, **more: Any) -> dict[str, Any]:
    """The schema of a text; names of ours are written with `_` for `-`."""
    return {"type": "string", "title": title, "maxLength": 20} | {
        name.replace("x_", "x-").replace("_", "-"): value for name, value in more.items()
    }


def block(properties: dict[str, Any], *required: str, **more: Any) -> dict[str, Any]:
    """The schema of a group of answers, closed as all of ours are."""
    return {
        "type": "object",
        "title": "一组",
        "properties": properties,
        "required": [*required],
        "additionalProperties": False,
    } | {name.replace("_", "-"): value for name, value in more.items()}


def an_item(form: dict[str, Any], **changes: Any) -> ItemVersion:
    """A version with this form."""
    step = RouteStep(
        no=1,
        level=UnitLevel.STREET,
        of="street",
        name="受理",
        role=Role.CLERK,
        days=1,
        decides=True,
    )
    fields: dict[str, Any] = {
        "id": UUID(int=1),
        "code": "FW-TS-001",
        "version": 1,
        "status": VersionStatus.PUBLISHED,
        "published_at": None,
        "name": "测试事项",
        "department_code": "MZ",
        "department_name": "民政局",
        "type": "公共服务",
        "type_code": "20",
        "case_type": "承诺件",
        "flow": Flow.APPROVAL,
        "places": None,
        "min_assurance": Assurance.WECHAT,
        "appointment": False,
        "notice_days": 5,
        "notice_unit": "working_day",
        "statutory_days": 20,
        "statutory_unit": "working_day",
        "promised_days": 10,
        "promised_unit": "working_day",
        "supplement_days": 5,
        "guide": {"conditions": []},
        "materials": (),
        "form": form,
        "layout": (),
        "object_fields": (),
        "route": (step,),
        "offices_at": (UnitLevel.STREET,),
    }
    return ItemVersion(**fields | changes)
