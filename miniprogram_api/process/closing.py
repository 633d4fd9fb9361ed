"""What an operator does about offices by command: list them, close one for a day, undo that."""

from datetime import date, datetime, timedelta
from uuid import UUID

from backend import audit
from backend.appointments.acts import closures
from backend.appointments.acts.closures import DAYS_MAX, REASON_MAX
from backend.appointments.reading import queries
from backend.appointments.reading.queries import ManagedOffice
from config import characters, days
from config.clock import city_day
from config.errors import StartError


async def shown(search: str | None, *, now: datetime) -> str:
    """The offices whose code begins with, or whose name contains the text; one a line."""
    lines = [_line(office) for office in await queries.managed_offices(search, now=now)]
    return "\n".join(lines) or "没有这样的网点。 There is no such office."


async def close(office: str, day: str, *, reason: str, confirmed: bool, now: datetime) -> str:
    """Close an office for a day; unless confirmed, only tell what would be.

    It is named by its code, its unit's or its id. Raises StartError for what cannot be meant.
    """
    found, when = await _one(office, now), _day(day, city_day(now))
    if when > city_day(now) + timedelta(days=DAYS_MAX):
        raise StartError(
            f"{when} 在一年以后，请核对年份 / is more than a year ahead: check the year."
        )
    if not characters.visible(reason) or len(reason) > REASON_MAX:
        raise StartError(
            f"原因会告知居民，须为 1 至 {REASON_MAX} 字。"
            f" The reason is told to residents: 1 to {REASON_MAX} characters."
        )
    if confirmed:
        cancelled = await closures.close(
            found.id, when, reason=reason.strip(), by=audit.OPERATOR, now=now
        )
        return (
            f"{found.name} 于 {when} 停办，已取消并通知预约 {cancelled} 个"
            f" / is closed on {when}; appointments cancelled and told: {cancelled}."
        )
    touched = await closures.touched(found.id, when, now=now)
    lines = [f"{one.slot.starts_at:%H:%M} {one.number} {one.item_name or '-'}" for one in touched]
    total = (
        f"{found.name} 将于 {when} 停办，须取消预约 {len(touched)} 个，尚未执行，加 --yes 执行"
        f" / would be closed on {when}; appointments to cancel: {len(touched)}."
    )
    return "\n".join([*lines, f"{total} Nothing was done: repeat with --yes."])


async def reopen(office: str, day: str, *, confirmed: bool, now: datetime) -> str:
    """Open an office again on a day it was closed for; unless confirmed, only tell.

    Raises StartError for what cannot be meant.
    """
    found, when = await _one(office, now), _day(day, city_day(now))
    if not confirmed and when in found.closed_on:
        return (
            f"{found.name} 将恢复 {when} 的办理，已取消的预约不恢复，尚未执行，加 --yes 执行"
            f" / would be open again on {when}; what was cancelled stays cancelled."
            " Nothing was done: repeat with --yes."
        )
    by = audit.OPERATOR
    seats = await closures.reopen(found.id, when, by=by, now=now) if confirmed else None
    if seats is None:
        return f"{found.name} 于 {when} 没有停办 / is not closed on {when}: nothing to do."
    return (
        f"{found.name} 于 {when} 恢复办理，可预约名额 {seats} 个，已取消的预约不恢复"
        f" / is open again on {when}; seats to book: {seats}; what was cancelled stays cancelled."
    )


def _day(text: str, today: date) -> date:
    try:
        day = days.day(text)
    except ValueError:
        raise StartError(
            f"日期应写作 YYYY-MM-DD，不能是 {text!r} / a day is written YYYY-MM-DD, not {text!r}."
        ) from None
    if day < today:
        raise StartError(f"{day} 已过 / is over.")
    return day


async def _one(office: str, now: datetime) -> ManagedOffice:
    try:
        wanted = UUID(office)
    except ValueError:
        wanted = None
    offices = await queries.managed_offices(now=now)
    found = [one for one in offices if one.id == wanted or office in {one.code, one.unit_code}]
    found = [one for one in found if one.code == office] or found
    if not found:
        raise StartError(
            f"没有网点 {office!r}。 There is no office {office!r}; see 'yikou office list'."
        )
    if len(found) > 1:
        lines = "; ".join(map(_line, found))
        raise StartError(
            f"单位 {office} 有多个网点，请用编号指明。"
            f" The unit has several offices, say which by id: {lines}."
        )
    return found[0]


def _line(office: ManagedOffice) -> str:
    state = "开放 open" if office.active else "不接受预约 no bookings"
    closed = f", 停办 closed on {' '.join(map(str, office.closed_on))}" if office.closed_on else ""
    return f"{office.id} {office.code} {office.name} {state}{closed}"
