"""What a paper says, sentence by sentence, and which characters it can be printed in."""

from datetime import UTC, date, datetime
from pathlib import Path
from struct import pack
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from backend.cases.rules.lifecycle import Action
from backend.papers import codes, content, glyphs, issuers, kinds, record, wording
from backend.papers.glyphs import Coverage
from backend.papers.issuers import Issuer
from backend.papers.refusals import PaperNotDue
from backend.papers.wording import Wording, words
from config.vault.vault import SealBroken
from models import Flow, PaperKind

VALUES = {"item": "低保", "unit": "社区", "reason": "", "law": "", "day": "2026年3月9日"}


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ([], []),
        (["没有括号"], ["没有括号"]),
        (["{unit}收到“{item}”。"], ["社区收到“低保”。"]),
        # What the case has no value for is not said; the law alone may be none.
        (["理由：{reason}", "{item}"], ["低保"]),
        (["{law}决定准予。"], ["决定准予。"]),
        (["{law}{reason}"], []),
        (["{{item}}"], ["{item}"]),
    ],
)
def test_a_sentence_is_said_where_all_its_words_have_values(
    texts: list[str], said: list[str]
) -> None:
    assert content.filled(texts, VALUES) == said


def test_a_word_that_no_value_is_known_of_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError):
        content.filled(["{nobody}"], VALUES)


def test_rows_without_a_value_are_left_out() -> None:
    facts = {"事项": "{item}", "理由": "{reason}", "单位": "{unit}（{day}）"}

    assert content.labelled(facts, VALUES) == [
        ["事项", "低保"],
        ["单位", "社区（2026年3月9日）"],
    ]


def test_what_somebody_wrote_on_several_lines_makes_several_paragraphs() -> None:
    values = VALUES | {"reason": "第一。\n\n  第二。\r\n第三。 "}

    assert content.paragraphs(["理由：{reason}", "{item}"], values) == [
        *("理由：第一。", "第二。", "第三。", "低保"),
    ]


def test_what_was_handed_in_is_counted_and_numbered() -> None:
    table = content.materials({"身份证": 2, "户口簿": 1})

    assert table["head"] == ["序号", "材料名称", "份数"]
    assert table["rows"] == [["1", "身份证", "2份"], ["2", "户口簿", "1份"]]
    assert len(table["widths"]) == len(table["head"])
    assert content.materials({})["rows"] == []


@pytest.mark.parametrize(("given", "verb"), [({}, "补正"), ({"verb": "补充"}, "补充")])
def test_what_is_to_be_put_right_has_the_laws_word_or_another(
    given: dict[str, str], verb: str
) -> None:
    table = content.defects([["身份证", "照片模糊"]], **given)

    assert (table["title"], table["head"]) == (
        f"需要{verb}的内容",
        ["序号", "材料或栏目", f"{verb}要求"],
    )
    assert table["rows"] == [["1", "身份证", "照片模糊"]]


@pytest.mark.parametrize(
    ("day", "said"),
    [(date(2026, 3, 9), "2026年3月9日"), (date(2026, 11, 30), "2026年11月30日"), (None, "")],
)
def test_a_day_is_written_without_noughts(day: date | None, said: str) -> None:
    assert content.chinese(day) == said


def a_wording(**given: Any) -> Wording:
    return Wording.model_validate(
        {"title": "决定书", "mark": "决", "facts": {"事项": "{item}"}, "seal": "（章）"} | given
    )


REMEDIES = VALUES | {
    "reconsideration": "和平区人民政府",
    "court": "和平区人民法院",
    "reconsideration_until": "2026年5月8日",
    "action_until": "2026年9月9日",
}


def test_where_one_may_complain_is_a_table_on_a_decision() -> None:
    found = content.remedies(PaperKind.DECISION, a_wording(remedies=True), REMEDIES, words())

    assert found is not None
    assert found["table"] is not None
    assert len(found["table"]["head"]) == 3
    rows = [row[:2] for row in found["table"]["rows"]]
    assert rows == [["申请行政复议", "和平区人民政府"], ["提起行政诉讼", "和平区人民法院"]]
    assert "2026年5月8日" in found["paragraphs"][0]


def test_on_a_proof_of_service_the_days_are_said_instead() -> None:
    proof = PaperKind.PROOF_OF_SERVICE
    found = content.remedies(proof, a_wording(remedies=True), REMEDIES, words())

    assert found is not None
    assert found["table"] is None
    assert "自2026年3月9日送达起算" in found["paragraphs"][0]
    assert content.remedies(proof, a_wording(), REMEDIES, words()) is None


def test_a_paper_has_the_title_of_its_items_type() -> None:
    wording = a_wording(titles={"行政许可": "准予行政许可决定书"})

    assert wording.title_on("行政许可") == "准予行政许可决定书"
    assert wording.title_on("公共服务") == "决定书"


ASKED = "receipt supplement_notice"
TAKEN_IN = f"{ASKED} acceptance non_acceptance"
DECIDED = f"{TAKEN_IN} decision_approved decision_denied proof_of_service"


@pytest.mark.parametrize(
    ("flow", "names"),
    [(Flow.APPROVAL, DECIDED), (Flow.REQUEST, TAKEN_IN), (Flow.ENROL, ASKED), (Flow.BOOKING, "")],
)
def test_each_flow_has_its_papers_by_name(flow: Flow, names: str) -> None:
    assert wording.names(flow) == names.split()
    for name in names.split():
        kind, _, after = name.partition("_")
        decided = kind == "decision"
        found = words().of(flow, PaperKind.DECISION if decided else PaperKind(name), after)
        assert found is words().papers[flow, name]


def case(flow: Flow, *actions: Action) -> Any:
    """A case with these events, as far as papers look at one."""
    events = [SimpleNamespace(action=action, seq=seq) for seq, action in enumerate(actions, 1)]
    return SimpleNamespace(item=SimpleNamespace(flow=flow), events=events)


def test_the_last_event_that_carries_it_gives_the_paper() -> None:
    asked = [Action.SUBMIT, Action.REQUEST_SUPPLEMENT, Action.SUPPLEMENT, Action.REQUEST_SUPPLEMENT]
    known = case(Flow.APPROVAL, *asked, Action.NOTE)

    assert kinds.event_for(known, PaperKind.SUPPLEMENT_NOTICE).seq == 4
    assert kinds.event_for(known, PaperKind.RECEIPT).seq == 1
    for kind in (PaperKind.DECISION, PaperKind.ACCEPTANCE):
        with pytest.raises(PaperNotDue):
            kinds.event_for(known, kind)
    assert [kinds.of(known, event) for event in known.events][2] is None


def test_a_request_is_neither_decided_nor_served() -> None:
    actions = (Action.SUBMIT, Action.DISPATCH, Action.FINISH, Action.CLOSE)
    request = case(Flow.REQUEST, *actions)

    assert [kinds.of(request, event) for event in request.events] == [
        *(PaperKind.RECEIPT, PaperKind.ACCEPTANCE, None, None),
    ]
    booking = case(Flow.BOOKING, *actions)
    assert {kinds.of(booking, event) for event in booking.events} == {None}


@pytest.mark.parametrize(
    ("at", "year"),
    [
        (datetime(2026, 12, 31, 15, 59, tzinfo=UTC), 2026),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), 2027),
    ],
)
def test_a_series_is_of_the_citys_year(at: datetime, year: int) -> None:
    issuer = Issuer("沈阳市和平区民政局", "沈和民", "", "")
    assert issuers.series(issuer, "决", at) == f"沈和民决字〔{year}〕"


def test_a_code_is_grouped_read_anew_and_found_by_its_hash() -> None:
    code = codes.new()

    assert [len(part) for part in codes.grouped(code).split("-")] == [4, 4, 4, 4]
    assert codes.canonical(codes.grouped(code)) == code
    assert codes.canonical("k7qm－9x2h ") == "K7QM9X2H"
    assert codes.hashed(code) == codes.hashed(str(code)) != codes.hashed(code[::-1])
    assert code not in codes.hashed(code)
    assert codes.mistyped(code + code[-1])
    assert codes.mistyped(code[:-1])


def test_what_a_paper_says_is_sealed_for_its_row() -> None:
    paper, other = UUID(int=1), UUID(int=2)
    row = {
        "id": paper, "case_id": other, "kind": "receipt", "seq": 1, "unit_id": "210102001001",
        "number": "1", "layout": 1, "created_at": datetime(2026, 3, 9, 2, tzinfo=UTC),
        "revoked_at": None, "file_id": None, "key": None, "sha256": None,
        "content_sealed": record.seal(paper, {"title": "收件凭证"}),  # type: ignore[typeddict-item]
    }  # fmt: skip

    found = record.from_row(row)
    assert (found.title, found.kind, found.revoked_at) == ("收件凭证", PaperKind.RECEIPT, None)
    assert found.issued_at.isoformat() == "2026-03-09T10:00:00+08:00"
    with pytest.raises(SealBroken):
        record.from_row(row | {"id": other})
    with pytest.raises(ValueError, match="says something"):
        record.seal(paper, {})  # type: ignore[typeddict-item]


def font(*spans: tuple[int, int], collection: bool = False) -> bytes:
    """As little of an OpenType font as says which characters it has."""
    groups = b"".join(pack(">III", first, last, 1) for first, last in spans)
    table = pack(">HHIII", 12, 0, 16 + len(groups), 0, len(spans)) + groups
    other = pack(">HHH", 4, 6, 0)
    head = 16 if collection else 0
    cmap_at = head + 12 + 16
    cmap = pack(">HH", 0, 2)
    cmap += pack(">HHI", 0, 3, 20) + pack(">HHI", 3, 10, 20 + len(other)) + other + table
    records = pack(">4sIII", b"cmap", 0, cmap_at, len(cmap))
    face = pack(">IHHHH", 0x00010000, 1, 0, 0, 0) + records
    return (pack(">4sIII", b"ttcf", 0x00010000, 1, head) if collection else b"") + face + cmap


SPANS = [(0x20, 0x7E), (0x3001, 0x3003), (0x4E00, 0x9FA5)]


@pytest.mark.parametrize("collection", [False, True])
@pytest.mark.parametrize(
    ("character", "there"),
    [
        (" ", True),
        ("~", True),
        ("\x7f", False),
        ("\x1f", False),
        ("、", True),
        ("〃", True),
        ("〄", False),
        ("一", True),
        ("龥", True),
        ("龦", False),
        ("𠮷", False),
    ],
)
def test_a_font_has_its_characters_from_first_to_last(
    character: str, *, there: bool, collection: bool
) -> None:
    assert Coverage(font(*SPANS, collection=collection)).has(character) is there


@pytest.mark.parametrize(
    ("text", "shown", "lacking"),
    [
        ("王秀英", "王秀英", ""),
        ("", "", ""),
        ("𠮷林", "〓林", "𠮷"),
        ("一\n二", "一\n二", ""),
        ("一\u200b二\ufe0f", "一二", ""),
        ("𠮷𠮷龦", "〓〓〓", "𠮷龦"),
    ],
)
def test_what_the_font_lacks_is_marked_and_what_nobody_sees_is_gone(
    text: str, shown: str, lacking: str
) -> None:
    coverage, found = Coverage(font(*SPANS)), set[str]()

    for _ in range(2):
        assert glyphs.printable(text, coverage, found) == shown
    assert found == set(lacking)
    assert coverage.whole(text) is (shown == text and "\n" not in text)


def test_the_whole_font_lies_in_its_wheel_and_has_what_papers_say() -> None:
    [whole] = glyphs.folder().glob("*.ttc")
    coverage = Coverage(Path(whole).read_bytes())

    assert coverage.whole("准予行政许可决定书〓（章）")
    assert not coverage.has("\U000e0041")
