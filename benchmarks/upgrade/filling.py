"""A database as the first release left it after a year: what the tests keep of it, and a city's.

Its statements name the columns of that release, which every later one has until nobody reads them.
"""

from pathlib import Path

from benchmarks import ids, seed
from benchmarks.ids import Kind, Side
from config import database, migration
from models.migrations import RELEASES

FIRST = RELEASES[0]
_KEPT = Path(__file__).parents[2] / "tests" / "models" / "releases" / f"{FIRST}.sql"
# What goes on of each case beside its events, in the words of a kept row of each table.
_BESIDES = (
    """
INSERT INTO message (id, created_at, recipient, kind, title, body, case_id, resident_id)
SELECT uuidv7(), e.created_at, m.recipient, m.kind, m.title, m.body, c.id, c.resident_id
FROM case_event e JOIN "case" c ON c.id = e.case_id,
     (SELECT * FROM message WHERE recipient = 'resident' AND case_id IS NOT NULL LIMIT 1) AS m
""",
    """
INSERT INTO delivery (id, created_at, channel, template, page, data, status, attempts, due_at,
    expires_at, sent_at, message_id, resident_id)
SELECT uuidv7(), m.created_at, d.channel, d.template, d.page, d.data, 'sent', 1, m.created_at,
    m.created_at, m.created_at, m.id, m.resident_id
FROM message m, (SELECT * FROM delivery LIMIT 1) AS d WHERE m.resident_id IS NOT NULL
""",
    """
INSERT INTO task (id, created_at, step, role, due_at, done_at, case_id, unit_id)
SELECT uuidv7(), e.created_at, e.seq, t.role, e.created_at, e.created_at, e.case_id, e.unit_id
FROM case_event e, (SELECT * FROM task LIMIT 1) AS t WHERE e.seq < 5
""",
    """
INSERT INTO access_log (seq, at, actor, posts, action, object_kind, object_id, resident_id,
    details, request_id, hash)
SELECT 1000 + row_number() OVER (), c.submitted_at, l.actor, l.posts, l.action, 'case', c.id::text,
    c.resident_id, l.details, l.request_id, l.hash
FROM "case" c, generate_series(1, 3), (SELECT * FROM access_log LIMIT 1) AS l
""",
    f"""
INSERT INTO appointment (id, created_at, number, booked_by, booked_by_id, day, status,
    check_in_code, version, item_id, office_id, person_id, resident_id, slot_id)
SELECT uuidv7(), r.created_at, 'b-' || row_number() OVER (), 'account', r.id, s.starts_at::date,
    'booked', a.check_in_code, 1, a.item_id, s.office_id, r.person_id, r.id, s.id
FROM resident r, slot s, (SELECT * FROM appointment WHERE item_id IS NOT NULL LIMIT 1) AS a
WHERE r.openid_hash LIKE 'openid-%' AND s.id = '{ids.uuid(Kind.SLOT, ids.slots(Side.OURS)[0])}'
""",
    """
INSERT INTO seat (id, appointment_id, slot_id)
SELECT uuidv7(), id, slot_id FROM appointment WHERE number LIKE 'b-%'
""",
    """
INSERT INTO appointment_event (id, created_at, seq, action, actor, actor_id, after, appointment_id,
    slot_id)
SELECT uuidv7(), created_at, 1, 'book', 'resident', resident_id, status, id, slot_id
FROM appointment WHERE number LIKE 'b-%'
""",
)


async def fill(owner: str, application: str) -> None:
    """Make the tables of the first release in the empty database, and fill them."""
    await migration.migrate(owner, application=application, upto=FIRST, applied=lambda _name: None)
    single = await database.single(owner)
    try:
        # The rows are sound, and the triggers have done their work on what was kept.
        await single.execute("SET session_replication_role = replica")
        await single.execute(_KEPT.read_text(encoding="utf-8"))
        await seed.fill(single)
        for statement in _BESIDES:
            await single.execute(statement)
        await seed.analyse(single)
        await single.execute("CHECKPOINT")
    finally:
        await single.close()
