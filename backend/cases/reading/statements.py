"""The SQL of reading cases.

What locks is the query without login, which locks its budgets of tries.
"""

from collections.abc import Iterable, Sequence

from backend.cases.record.listed import LISTED
from backend.cases.record.statements import (
    BY_MANDATE,
    CASE,
    EVENTS,
    FILED,
    FORM,
    INCOMING,
    MATERIALS,
    handed_in_by,
    of_person,
    owned_by,
)
from backend.cases.rules.lifecycle import FINAL
from models import CaseStatus

_OF = f'FROM "case" c {FORM} WHERE c.id = $1'
_WHOLE = (
    f"{CASE}, {FILED}, {INCOMING}, c.supplement_sealed, {EVENTS} AS events,"
    f" {MATERIALS} AS materials, form.*"
)
OF_RESIDENT = f"SELECT {_WHOLE}, c.query_code_sealed {_OF} AND {owned_by('$2')}"
SHOWN = (
    f"json_build_array({LISTED}, c.filed_by, c.received_unit_id, {BY_MANDATE}, {EVENTS},"
    f" {MATERIALS}) AS shown, c.supplement_sealed, form.*"
)
SHOWN_TO_RESIDENT = f"SELECT {SHOWN}, c.query_code_sealed {_OF} AND {owned_by('$2')}"
# For who acts for the person in some items only.
OF_PERSON = f"SELECT {_WHOLE} {_OF} AND {of_person('$2', '$3')}"
SHOWN_OF_PERSON = f"SELECT {SHOWN} {_OF} AND {of_person('$2', '$3')}"
ANY = f"SELECT {_WHOLE} {_OF}"
_OVER = ", ".join(f"'{status}'" for status in sorted(FINAL))
_ASKED = (
    "($2::uuid IS NULL OR c.id < $2) AND ($3::text IS NULL OR c.status = $3)"
    " ORDER BY c.id DESC LIMIT $4"
)
# Each part in the order of an index. The second is what the person's other accounts filed.
LIST_OF_RESIDENT = f"""
SELECT json_agg({LISTED} ORDER BY c.id DESC) AS page FROM (
    SELECT * FROM (
        (SELECT {CASE} FROM "case" c WHERE c.resident_id = $1 AND {_ASKED})
        UNION ALL
        (SELECT {CASE} FROM "case" c
         WHERE c.subject_id = (SELECT person_id FROM resident WHERE id = $1)
            AND c.resident_id IS DISTINCT FROM $1 AND {_ASKED})
    ) AS theirs ORDER BY id DESC LIMIT $4
) AS c
"""
# Of the person and of some items only, for who acts for them.
LIST_OF_PERSON = f"""
SELECT json_agg({LISTED} ORDER BY c.id DESC) AS page FROM (
    SELECT {CASE} FROM "case" c
    WHERE {of_person("$1", "$5")} AND {_ASKED}
) AS c
"""
# The newest cases of the account and of its person, each part in the order of an index.
EARLIER = f"""
SELECT c.id, c.item_version_id, form.* FROM (
    (SELECT id, item_version_id FROM "case" WHERE resident_id = $1 ORDER BY id DESC LIMIT $2)
    UNION
    (SELECT id, item_version_id FROM "case"
     WHERE subject_id = (SELECT person_id FROM resident WHERE id = $1) ORDER BY id DESC LIMIT $2)
    ORDER BY id DESC LIMIT $2
) AS c {FORM.replace("LEFT JOIN", "JOIN", 1)} ORDER BY c.id DESC
"""
EARLIER_OF_PERSON = f"""
SELECT c.id, c.item_version_id, form.* FROM (
    SELECT id, item_version_id FROM "case"
    WHERE subject_id = $1 AND ($3::text[] IS NULL OR item_id = ANY($3)) ORDER BY id DESC LIMIT $2
) AS c {FORM.replace("LEFT JOIN", "JOIN", 1)} ORDER BY c.id DESC
"""


def _papers_known(joined: str, handed_in: str) -> str:
    """Of each paper what was handed in with the newest of these cases, and is the applicant's."""
    return f"""
SELECT code, file_id, name_sealed, item_id, item_name FROM (
    SELECT m.id, m.code, m.file_id, f.name_sealed, c.item_id, v.name AS item_name,
           rank() OVER (PARTITION BY m.code ORDER BY c.id DESC) AS place
    FROM "case" c JOIN case_material m ON m.case_id = c.id JOIN stored_file f ON f.id = m.file_id
    JOIN item_version v ON v.id = c.item_version_id {joined}
    WHERE c.id = ANY($2::uuid[]) AND m.code = ANY($3::varchar[]) AND m.superseded_at IS NULL
        AND m.verdict <> 'rejected' AND {handed_in}
) AS handed_in WHERE place = 1 ORDER BY code, id
"""


PAPERS_KNOWN = _papers_known(
    "JOIN resident me ON me.id = $1", handed_in_by("me.id", "me.person_id", "f.")
)
PAPERS_OF_PERSON = _papers_known("", handed_in_by("NULL::uuid", "$1", "f."))
HANDED_IN = "SELECT DISTINCT code, created_at FROM case_material WHERE case_id = $1 ORDER BY code"
ITEM_IS, HOLDER_IS = "c.item_id = {}", "c.holder_id = {}"
# Each by its value, so that PostgreSQL knows how rare it is: the newest of a rare one are found in
# its own index, those of a frequent one by walking all.
STATUS_IS = {status: f"c.status = '{status}'" for status in CaseStatus}
NUMBER_IS, BEFORE = "c.number = {}", "c.id < {}"
_PERSON = "SELECT p.id FROM person p WHERE p.id_number_hash = {0} OR p.phone_hash = {0}"
# Each way to the person apart, so that each is answered by an index.
PERSON_IS = (
    'c.id IN (SELECT s.id FROM "case" s WHERE s.resident_id IN ('
    "SELECT r.id FROM resident r WHERE r.phone_hash = {0} UNION"
    f" SELECT r.id FROM resident r WHERE r.person_id IN ({_PERSON}))"
    f' UNION SELECT s.id FROM "case" s WHERE s.subject_id IN ({_PERSON})'
    ' UNION SELECT s.id FROM "case" s WHERE s.resident_id IS NULL AND s.subject_id IN ('
    "SELECT r.person_id FROM resident r WHERE r.phone_hash = {0}))"
)


def list_of_scope(seen: Iterable[str], conditions: Sequence[str], most: int) -> str:
    """The newest cases of which one of `seen` and all conditions hold.

    Each of `seen` is asked apart, so that it is answered in the order of an index. `most` is no
    parameter: without knowing it PostgreSQL planned each time anew, for as long as it then ran.
    """
    found = " UNION ".join(
        f'(SELECT c.id FROM "case" c WHERE {" AND ".join([one, *conditions])}'
        f" ORDER BY c.id DESC LIMIT {most})"
        for one in seen
    )
    return (
        f"WITH found AS (SELECT id FROM ({found}) AS each ORDER BY id DESC LIMIT {most})"
        f" SELECT json_agg({LISTED} ORDER BY c.id DESC) AS page"
        ' FROM found JOIN "case" c ON c.id = found.id'
    )


# What of the access log is a look at a case of `thing`, or at what was handed in or issued for it.
_LOOK = """
l.object_id = thing.id AND l.actor = 'staff' AND ($2::bigint IS NULL OR l.seq < $2)
    AND (l.object_kind = 'case'
            AND l.action IN ('open_case', 'reveal', 'list_papers', 'issue_paper', 'revoke_paper')
        OR l.object_kind = 'file' AND l.action IN ('link_file', 'open_file')
            AND l.details->>'case' = thing.case_id::text)
"""
_THINGS = """
SELECT c.id::text AS id, c.id AS case_id FROM {0} UNION
SELECT m.file_id::text, m.case_id FROM case_material m JOIN {0} ON c.id = m.case_id UNION
SELECT i.consent_file_id::text, i.case_id FROM case_intake i JOIN {0} ON c.id = i.case_id UNION
SELECT p.file_id::text, p.case_id FROM paper p JOIN {0} ON c.id = p.case_id
"""
_LOOKS_AT_THINGS = f"""
SELECT l.seq FROM thing CROSS JOIN LATERAL (
    SELECT l.seq FROM access_log l WHERE {_LOOK} ORDER BY l.seq DESC LIMIT $3
) AS l
"""
# Cut before it is joined: else PostgreSQL might walk the whole log for what was found.
_NEWEST = """
SELECT l.seq, l.at, l.actor, l.action, l.object_kind, l.object_id, l.posts::text AS posts,
       l.purpose, l.details::text AS details
FROM (SELECT DISTINCT seq FROM found ORDER BY seq DESC LIMIT $3) AS newest
JOIN access_log l ON l.seq = newest.seq ORDER BY l.seq DESC
"""
# Who of the staff has looked at a case, or at what was handed in or issued, newest first.
ACCESSES = f"""
WITH thing AS ({_THINGS.format("(SELECT $1::uuid AS id) AS c")}),
    found AS ({_LOOKS_AT_THINGS}) {_NEWEST}
"""
# The same of all that is the account's and its person's, and who found them, acted for them or saw
# their appointments. Each part is answered by an index, and gives no more than the page needs.
ACCESSES_OF_RESIDENT = f"""
WITH me AS (SELECT id, person_id FROM resident WHERE id = $1),
    account AS (SELECT id FROM me UNION
        SELECT r.id FROM resident r JOIN me ON me.person_id = r.person_id),
    mine AS (SELECT c.id FROM "case" c JOIN account ON account.id = c.resident_id UNION
        SELECT c.id FROM "case" c JOIN me ON me.person_id = c.subject_id),
    thing AS ({_THINGS.format("mine AS c")}),
    found AS (
        {_LOOKS_AT_THINGS}
        UNION
        SELECT l.seq FROM account CROSS JOIN LATERAL (
            SELECT l.seq FROM access_log l
            WHERE l.resident_id = account.id AND ($2::bigint IS NULL OR l.seq < $2)
                AND (l.actor = 'staff' AND l.action = 'open_appointment'
                    OR l.actor = 'resident' AND l.action = 'act_for')
            ORDER BY l.seq DESC LIMIT $3
        ) AS l
        UNION
        SELECT l.seq FROM (
            SELECT person_id::text AS id, 'person' AS kind FROM me UNION ALL
            SELECT a.id::text, 'appointment' FROM appointment a JOIN me USING (person_id)
        ) AS own CROSS JOIN LATERAL (
            SELECT l.seq FROM access_log l
            WHERE l.object_id = own.id AND l.object_kind = own.kind
                AND l.actor = 'staff' AND ($2::bigint IS NULL OR l.seq < $2)
            ORDER BY l.seq DESC LIMIT $3
        ) AS l
        UNION
        SELECT l.seq FROM me JOIN mandate m ON m.principal_id = me.person_id CROSS JOIN LATERAL (
            SELECT l.seq FROM access_log l
            WHERE l.object_id = m.id::text AND l.object_kind = 'mandate'
                AND (l.actor = 'staff' OR l.action = 'act_for')
                AND ($2::bigint IS NULL OR l.seq < $2)
            ORDER BY l.seq DESC LIMIT $3
        ) AS l
        UNION (
            SELECT l.seq FROM access_log l
            WHERE l.action IN ('search_persons', 'search_cases')
                AND coalesce(l.details->'persons', l.details->'cases') ?| ARRAY(
                    SELECT person_id::text FROM me WHERE person_id IS NOT NULL UNION
                    SELECT id::text FROM mine)
                AND ($2::bigint IS NULL OR l.seq < $2)
            ORDER BY l.seq DESC LIMIT $3
        )
    ) {_NEWEST}
"""

# Other cases of the item that name the same person and are not over; of those from before names
# were kept, the ones that are the person's.
NAMED_TOO = f"""
SELECT count(*)::int AS found FROM "case" c
WHERE c.item_id = $2 AND c.id <> $1 AND c.status NOT IN ({_OVER})
    AND (c.named_hash = $3 OR c.named_hash IS NULL
        AND c.subject_id = (SELECT id FROM person WHERE id_number_hash = $3))
"""

HOUR_SECONDS = 3600
BY_NUMBER = (
    f"SELECT {CASE}, {FILED}, c.query_code_sealed, {EVENTS} AS events"
    ' FROM "case" c WHERE c.number = $1'
)
# Locks the keys, which come sorted: two requests never wait for each other crosswise.
LOCK_BUDGETS = (
    "SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest($1::text[]) AS key"
)
USED_UP = f"""
SELECT extract(epoch FROM counted.at - $3::timestamptz)::float8 + {HOUR_SECONDS} AS wait, most
FROM unnest($1::text[], $2::int[]) AS budget(key, most) CROSS JOIN LATERAL (
    SELECT at FROM query_try
    WHERE key = budget.key AND at > $3::timestamptz - interval '{HOUR_SECONDS} seconds'
    ORDER BY at DESC OFFSET budget.most - 1 LIMIT 1
) AS counted
ORDER BY counted.at DESC LIMIT 1
"""
COUNT_TRY = "INSERT INTO query_try (key, at) SELECT key, $2 FROM unnest($1::text[]) AS key"

FORGET_TRIES = "DELETE FROM query_try WHERE at < $1::timestamptz - interval '1 hour' RETURNING key"
