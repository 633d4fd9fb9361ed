"""The papers of an item, as its version keeps them."""

from collections.abc import Mapping

from backend.catalogue.conditions import AGENT
from backend.catalogue.loading.rows import Item, Material
from backend.catalogue.shapes import ItemMaterial

POWER_OF_ATTORNEY = "power_of_attorney"

_FORMATS = {
    "证照": "原件拍照或扫描上传，需要时窗口核验原件",
    "账户": "正面拍照上传",
    "影像": "电子照片",
    "合同": "签字盖章页齐全，拍照或扫描上传",
    "票据": "原始票据拍照或扫描上传",
}
_USUAL_FORMAT = "拍照或扫描上传"


def entries(item: Item, library: Mapping[str, Material]) -> list[ItemMaterial]:
    """Each paper with what is asked of it; an agent's authority is asked only of an agent."""
    found = [_entry(item, code, library[code]) for code in item.materials]
    by_agent = AGENT in item.form.optional_blocks and POWER_OF_ATTORNEY not in item.materials
    if by_agent and POWER_OF_ATTORNEY in library:
        paper = _entry(item, POWER_OF_ATTORNEY, library[POWER_OF_ATTORNEY])
        found.append({**paper, "required": False, "required_when": AGENT})
    return found


def _entry(item: Item, code: str, material: Material) -> ItemMaterial:
    at_window = code in item.bring_to_window
    uploaded = material.provided_by == "applicant"
    return {
        "code": code,
        "name": material.name,
        "required": uploaded and not at_window and not material.optional,
        "required_when": None,
        "bring_to_window": at_window,
        "provided_by": material.provided_by,
        "kind": material.kind,
        "source": material.source,
        "reusable": material.reusable,
        "sensitive": material.sensitive,
        "format": _FORMATS.get(material.kind, _USUAL_FORMAT) if uploaded else "在线填写，无需上传",
        "note": material.note,
    }
