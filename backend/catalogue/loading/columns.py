"""What a version of an item keeps of its row, beside the form."""

from typing import Any

from backend.catalogue.categories import Category
from backend.catalogue.loading import (
    assurance,
    conditions,
    deliveries,
    materials,
    procedures,
    steps,
)
from backend.catalogue.loading.library import Library, key_of
from backend.catalogue.loading.rows import Item, Limit
from backend.catalogue.shapes import Delivery, Fee, Guide
from models import Flow

SUBSCRIPTIONS = ["case_progress", "action_needed"]
APPOINTMENT_SUBSCRIPTION = "appointment"
NOTICE = Limit(days=5, unit="working_day")
"""To say whether an application is accepted, and once what is missing (行政许可法 32)."""

_FLOWS = {
    Category.REPAIR: Flow.REQUEST,
    Category.COMPLAINT: Flow.REQUEST,
    Category.INFORMATION: Flow.REQUEST,
    Category.COURSE: Flow.ENROL,
    Category.BOOKING: Flow.BOOKING,
}


def columns(item: Item, library: Library) -> dict[str, Any]:
    """The columns by name; the library has all that the item names."""
    return {
        "name": item.name,
        "type": item.type,
        "type_code": item.type_code,
        "case_type": item.case_type,
        "flow": flow(item),
        "places": item.places,
        "min_assurance": assurance.least(item),
        "appointment": item.appointment,
        "notice_days": (item.notice or NOTICE).days,
        "notice_unit": (item.notice or NOTICE).unit,
        "statutory_days": item.statutory.days if item.statutory else None,
        "statutory_unit": item.statutory.unit if item.statutory else None,
        "promised_days": item.promised.days,
        "promised_unit": item.promised.unit,
        "supplement_days": item.supplement_days,
        "guide": _guide(item, library),
        "materials": materials.entries(item, library.papers),
        "object_fields": item.form.object_fields,
        "route": steps.route(item),
        "offices_at": steps.offices_at(item),
    }


def flow(item: Item) -> Flow:
    """The flow of its category, where the file does not give one."""
    return item.flow or usual_flow(item.category)


def usual_flow(category: Category) -> Flow:
    """That of the items of a category which say nothing else."""
    return _FLOWS.get(category, Flow.APPROVAL)


def _guide(item: Item, library: Library) -> Guide:
    booked = [APPOINTMENT_SUBSCRIPTION] if item.appointment else []
    filed = [] if flow(item) is Flow.BOOKING else SUBSCRIPTIONS
    return {
        "name_en": item.name_en,
        "category": item.category,
        "conditions": conditions.stored(item, library.proofs),
        "legal_basis": [item.basis] if item.basis else [],
        "limit_source": item.limit_source,
        "applicants": item.applicants,
        "accept_levels": [steps.CODES[level] for level in item.accept_levels],
        "decide_level": steps.CODES[item.decide_level],
        "co_departments": item.co_departments,
        "pauses": procedures.pauses(item),
        "requires": procedures.requires(item),
        "privacy": item.privacy,
        "season": item.season,
        "flags": item.flags,
        "fee": _fee(item),
        "delivery": _delivery(item, library) if flow(item) is Flow.APPROVAL else [],
        "subscriptions": filed + booked,
    }


def _delivery(item: Item, library: Library) -> list[Delivery]:
    """Of an item that can be loaded, whose blocks are all sound."""
    blocks = library.sound_blocks
    names = [*item.form.blocks, *item.form.optional_blocks]
    return deliveries.offered({key_of(name, blocks[name]): blocks[name] for name in names})


def _fee(item: Item) -> Fee:
    return {
        "charged": any(charge.yuan != 0 for charge in item.fees),
        "items": [
            {"name": charge.name, "yuan": charge.yuan, "note": charge.note} for charge in item.fees
        ],
        "basis": item.fee_basis,
    }
