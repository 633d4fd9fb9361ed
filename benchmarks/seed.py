"""What the bench finds in the database: a city, residents, and 100,000 cases with their events."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg

from backend.cases.record import forms
from backend.catalogue.loading import load as catalogue
from backend.files import mounted
from backend.identity import sessions, staff
from backend.organisation import load as organisation
from benchmarks import ids
from benchmarks.ids import Kind, Side
from config import clock, database, migration
from config.vault import sealed
from models import Audience, Role, uuid7

ITEM = "FW-RS-002"
"""失业登记: a form with the profile's data, an ID card, and a second paper if an agent comes."""
MATERIALS = ("id_card", "power_of_attorney")
VISIT = "FW-RS-005"
COMMUNITY = "210102001001"
ELSEWHERE = "210103005001"
"""Where the staff member who lists cases works: nobody applies there during the bench."""
SEATS = 1_000_000
FORM = {
    "education": {"level": "bachelor", "school": "示例大学", "major": "会计"},
    "unemployment": {"since": "2026-03-16", "reason": "expired", "last_employer": "示例公司"},
}

_KNOWN = {
    "name": "张三",
    "phone": "13800138000",
    "id_number": "11010519491231002X",
    "address": "沈阳市和平区示例路1号",
}
_PERSONS = f"""
INSERT INTO person (id, created_at, id_number_hash, name_sealed, id_number_sealed, checked,
                    checked_at)
SELECT ('{ids.prefix(Kind.PERSON)}' || n)::uuid, now(), 'number-' || n, name, id_number,
       'identity_check', now()
FROM unnest($1::bigint[], $2::bytea[], $3::bytea[]) AS given(n, name, id_number)
"""
_RESIDENTS = f"""
INSERT INTO resident (id, created_at, openid_hash, assurance, person_id, community_id,
                      openid_sealed, phone_sealed, address_sealed)
SELECT ('{ids.prefix(Kind.RESIDENT)}' || n)::uuid, now(), 'openid-' || n, 'real_name',
       ('{ids.prefix(Kind.PERSON)}' || n)::uuid, '{COMMUNITY}', openid, phone, address
FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::bytea[])
     AS given(n, openid, phone, address)
"""
_FILES = f"""
INSERT INTO stored_file (id, created_at, resident_id, key, name_sealed, name_hash, media_type, size,
                         sha256)
SELECT (file || n)::uuid, now(), ('{ids.prefix(Kind.RESIDENT)}' || n)::uuid, file || n, '', '',
       'image/jpeg', 100000, repeat('0', 64)
FROM generate_series($1::bigint, $2::bigint) AS n,
     unnest(ARRAY['{ids.prefix(Kind.FIRST_FILE)}', '{ids.prefix(Kind.SECOND_FILE)}']) AS file
"""
_EVENTS = """
INSERT INTO case_event (id, created_at, case_id, seq, action, actor, after, step, unit_id)
SELECT uuidv7(), c.submitted_at + seq * interval '1 day', c.id, seq, action, actor, after,
       event.step, c.community_id
FROM "case" c,
     (VALUES (1, 'submit', 'resident', 'submitted', 1),
             (2, 'accept', 'staff', 'accepted', 1),
             (3, 'pass', 'staff', 'under_review', 1),
             (4, 'pass', 'staff', 'under_review', 1),
             (5, 'decide', 'staff', 'approved', 1))
     AS event(seq, action, actor, after, step)
WHERE c.number LIKE 'b%' AND seq <= c.version
"""
# In operation most tasks are done.
_TASKS = """
INSERT INTO task (id, created_at, case_id, item_code, step, unit_id, role, due_at, done_at)
SELECT uuidv7(), c.submitted_at, c.id, c.item_id, no, c.holder_id, 'clerk', c.promised_due_at,
       c.decided_at
FROM "case" c, generate_series(1, 3) AS no
WHERE c.number LIKE 'b%' AND (no = 1 OR c.decided_at IS NOT NULL) ORDER BY c.id, no
"""
# Cases that are never read have a form that is none.
_FORMS = """
INSERT INTO case_form (id, created_at, case_id, no, actor, actor_id, form_sealed)
SELECT coalesce(given.id, uuidv7()), c.submitted_at, c.id, 1, 'resident', c.resident_id,
       coalesce(given.form, '\\x00')
FROM "case" c LEFT JOIN unnest($1::uuid[], $2::uuid[], $3::bytea[]) AS given(case_id, id, form)
    ON given.case_id = c.id
WHERE c.number LIKE 'b%'
"""
_PAPERS = f"""
INSERT INTO case_material (id, created_at, case_id, code, file_id, verdict)
SELECT uuidv7(), now(), c.id, paper.code, (paper.file || right(c.id::text, 12))::uuid, 'accepted'
FROM "case" c, unnest($1::varchar[], $2::text[]) AS paper(code, file)
WHERE c.id < '{ids.prefix(Kind.RESIDENT, 1)}{ids.FIRST}'
"""
_SEAL = """
UPDATE "case" SET query_code_sealed = given.code
FROM unnest($1::uuid[], $2::bytea[]) AS given(id, code) WHERE "case".id = given.id
"""
_OFFICE = f"""
INSERT INTO office (id, created_at, unit_id, name, address, phone, active)
VALUES (uuidv7(), now(), '{COMMUNITY}', '便民服务站', '示例路1号', '024-00000000', true)
RETURNING id
"""
_SLOTS = f"""
INSERT INTO slot (id, created_at, office_id, starts_at, ends_at, capacity, booked)
SELECT ('{ids.prefix(Kind.SLOT)}' || n)::uuid, now(), $1, starts_at,
       starts_at + interval '15 minutes', {SEATS}, 0
FROM unnest($2::bigint[], $3::timestamptz[]) AS given(n, starts_at)
"""


@dataclass(frozen=True, kw_only=True)
class Size:
    """How many cases each applicant has, and how many of these, the newest, are still open.

    `to_do` is how many open tasks the unit has whose staff are measured, and some that come by
    themselves.
    """

    each: int = ids.CASES_EACH
    open: int = 2
    to_do: int = 200

    @property
    def every(self) -> int:
        """Of so many applicants one has his open cases at that unit."""
        return ids.APPLICANTS * self.open // self.to_do


USUAL = Size()


@dataclass(frozen=True)
class Clerk:
    """A staff member with a session."""

    token: str
    path: str


async def seed(url: str, application: str, size: Size = USUAL) -> Clerk:
    """Migrate the database by its owner's URL and fill it, most by statements over whole tables."""
    await migration.migrate(url, application=application, applied=lambda _name: None)
    await database.connect()
    try:
        now = clock.now()
        await organisation.load(now=now)
        await catalogue.load(now=now)
        clerk = await _clerk()
    finally:
        await database.disconnect()
    single = await database.single(url)
    try:
        # The rows are sound; checking every reference of a million of them would take long.
        await single.execute("SET session_replication_role = replica")
        await fill(single, size)
        await single.execute(_TASKS)
        mounted.mark()  # nobody reads the files of these rows: there are none
        await analyse(single)
        await single.execute("CHECKPOINT")
    finally:
        await single.close()
    return clerk


async def analyse(single: asyncpg.Connection) -> None:
    """Give the planner its figures of the filled tables only.

    Of an empty table it would learn that reading it whole costs nothing, and keep such plans while
    the table grows; in operation an empty table is never analysed.
    """
    tables = await single.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    for (table,) in tables:
        if await single.fetchval(f'SELECT EXISTS (SELECT 1 FROM "{table}")'):
            await single.execute(f'VACUUM ANALYZE "{table}"')


async def _clerk() -> Clerk:
    made = await staff.create("李四", posts=[(ELSEWHERE, Role.CLERK)], now=clock.now())
    granted = await sessions.start(Audience.STAFF, made, now=clock.now())
    rows = await database.connection().execute_query_dict(
        "SELECT path FROM org_unit WHERE code = $1", [ELSEWHERE]
    )
    return Clerk(granted.access_token, rows[0]["path"])


async def fill(single: asyncpg.Connection, size: Size = USUAL) -> None:
    """Residents with papers and cases, and slots, in a city that has units and items already."""
    residents = ids.residents()
    openids = [
        sealed.seal(
            "resident", ids.uuid(Kind.RESIDENT, number), column="openid", text=f"openid-{number}"
        )
        for number in residents
    ]
    named = _sealed_columns("person", Kind.PERSON, "name", "id_number")
    await single.execute(_PERSONS, list(residents), *named)
    kept = _sealed_columns("resident", Kind.RESIDENT, "phone", "address")
    await single.execute(_RESIDENTS, list(residents), openids, *kept)
    await single.execute(_FILES, residents.start, residents.stop - 1)
    await single.execute(_cases(size))
    await single.execute(_EVENTS)
    files = [ids.prefix(Kind.FIRST_FILE), ids.prefix(Kind.SECOND_FILE)]
    await single.execute(_PAPERS, list(MATERIALS), files)
    cases = [ids.uuid(Kind.CASE, number) for number in ids.applicants()]
    filled = FORM | {"applicant": _KNOWN}
    codes = [sealed.seal("case", case, column="query_code", text="123456") for case in cases]
    await single.execute(_SEAL, cases, codes)
    form_ids = [uuid7() for _ in cases]
    written = [forms.sealed(filled, each) for each in form_ids]
    await single.execute(_FORMS, cases, form_ids, written)
    office = await single.fetchval(_OFFICE)
    for side in Side:
        await single.execute(_SLOTS, office, *_slots(side))


def _sealed_columns(table: str, kind: Kind, *columns: str) -> list[list[bytes]]:
    return [
        [
            sealed.seal(table, ids.uuid(kind, number), column=column, text=_KNOWN[column])
            for number in ids.residents()
        ]
        for column in columns
    ]


def _slots(side: Side) -> tuple[list[int], list[datetime]]:
    """Ten slots a day, then hot ones of a day each; the sides' days follow each other."""
    usual, hot = ids.slots(side), ids.hot_slots(side)
    first = datetime.now(UTC).replace(hour=1, minute=0, second=0, microsecond=0)
    first += timedelta(days=1 + side * 100)
    times = [
        first + timedelta(days=place // ids.SLOTS_A_DAY, minutes=15 * (place % ids.SLOTS_A_DAY))
        for place in range(len(usual))
    ]
    times += [first + timedelta(days=50 + place) for place in range(len(hot))]
    return [*usual, *hot], times


# `copy` runs slowest, as if all applicants had come anew each month: ids grow with time.
def _cases(size: Size) -> str:
    return f"""
WITH place AS (
    SELECT array_agg(code ORDER BY code) AS codes, array_agg(path ORDER BY code) AS paths
    FROM org_unit WHERE level = 'community'
), item AS (
    SELECT array_agg(v.id ORDER BY v.item_id) AS versions,
           array_agg(v.item_id ORDER BY v.item_id) AS codes,
           array_agg((SELECT min(u.code) FROM org_unit u WHERE u.department_id = i.department_id)
                     ORDER BY v.item_id) AS units
    FROM item_version v JOIN service_item i ON i.code = v.item_id WHERE v.status = 'published'
), made AS (
    SELECT copy, n, now() - ({size.each} + 35 - copy) * interval '1 day' AS begun,
           CASE WHEN copy >= {size.each - size.open} AND n % {size.every} = 0
                THEN coalesce(array_position(place.codes, '{ELSEWHERE}'), 1)
                ELSE 1 + (n * 7 + copy) % cardinality(place.codes) END AS place,
           copy >= {size.each - size.open} AS open,
           CASE copy WHEN 0 THEN coalesce(array_position(item.codes, '{ITEM}'), 1)
                     ELSE 1 + (n + copy) % cardinality(item.codes) END AS item
    FROM place, item, generate_series(0, {size.each - 1}) AS copy,
         generate_series({ids.applicants().start}, {ids.applicants().stop - 1}) AS n
)
INSERT INTO "case" (id, created_at, number, resident_id, subject_id, filed_by, filed_by_id,
    item_id, item_version_id, community_id, community_path, department_unit_id, status, step,
    holder_id, holder_since, object_key, outcome, submitted_at, accepted_at, decided_at,
    notice_due_at, promised_due_at, query_code_sealed, version)
SELECT (lpad(to_hex(copy), 8, '0') || substr('{ids.prefix(Kind.CASE)}', 9) || n)::uuid,
    begun, 'b' || copy || '-' || n, ('{ids.prefix(Kind.RESIDENT)}' || n)::uuid,
    ('{ids.prefix(Kind.PERSON)}' || n)::uuid, 'account', ('{ids.prefix(Kind.RESIDENT)}' || n)::uuid,
    item.codes[made.item], item.versions[made.item],
    place.codes[made.place], place.paths[made.place], item.units[made.item],
    CASE WHEN open THEN 'accepted' ELSE 'approved' END, 1,
    place.codes[made.place], begun, copy::text, CASE WHEN NOT open THEN 'approved' END, begun,
    begun + interval '1 day', CASE WHEN NOT open THEN begun + interval '9 days' END,
    begun + interval '5 days', now() + (n / {size.every} % 40 - 5) * interval '1 day', '\\x00',
    CASE WHEN open THEN 2 ELSE 5 END
FROM made, place, item ORDER BY copy, n
"""
