"""What people of the demo and the tests hand in: forms, and pictures that stand for papers."""

import io
from typing import Any

from PIL import Image

ITEM = "SP-MZ-001"
BANK_ACCOUNT = {"bank": "盛京银行", "number": "6217000000000000001"}


def dibao_form() -> dict[str, Any]:
    """What the applicant types; name, numbers, phone and community come from the profile."""
    return {
        "applicant": {"address": "沈阳市和平区浑河湾街道1号"},
        "household": {"members": []},
        "income": {"monthly_total": 600},
        "property": {"deposits": 1200, "homes": 0, "vehicles": 0, "business": False},
        "bank_account": BANK_ACCOUNT,
        "declaration": {"truthful": True},
        "reason": "独自生活，收入低于本市低保标准",
        "household_registration": "urban",
    }


def photo(colour: str) -> bytes:
    """A small picture that stands for a photographed paper."""
    written = io.BytesIO()
    Image.new("RGB", (640, 400), colour).save(written, "JPEG")
    return written.getvalue()
