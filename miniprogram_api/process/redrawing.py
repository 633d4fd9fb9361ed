"""What an operator does about papers by command: draw again what the file store lost."""

from datetime import datetime

from backend.papers import redrawing
from backend.papers.record import Issued
from config.errors import StartError

_NEITHER = (
    "请给出一个文号，或加 --missing 处理全部缺失的文件"
    " / Name one paper by its number, or all whose file is missing with --missing."
)


async def redraw(number: str | None, *, missing: bool, now: datetime) -> str:  # noqa: ARG001
    """Draw one paper again, or all that are lost; StartError where one is not what was issued."""
    if missing == (number is not None):
        raise StartError(_NEITHER)
    wanted = [await _one(number)] if number else [each async for each in redrawing.lost()]
    done, wrong = [], []
    for paper in wanted:
        if await redrawing.redraw(paper):
            done.append(f"{paper.number} 已重新生成 / is drawn again.")
        else:
            wrong.append(
                f"{paper.number} 重新生成的与出具时不同，未保存，请从备份恢复"
                " / would not be what was issued and was not stored: restore it from a backup."
            )
    if wrong:
        raise StartError("\n".join([*done, *wrong]))
    return "\n".join(done) or "没有缺失的文书文件 / No paper's file is missing."


async def _one(number: str) -> Issued:
    found = await redrawing.of_number(number.strip())
    if found is None:
        raise StartError(f"没有文号为 {number} 的文书 / There is no paper of this number.")
    if found.key is None:
        raise StartError(
            f"{found.number} 还没有生成过文件，打开时自动生成"
            " / was never drawn: it is when somebody opens it."
        )
    return found
