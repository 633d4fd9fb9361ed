"""The SQL of the catalogue. Only a load locks anything: the versions, against another load."""

COLUMNS = (
    "v.id, v.item_id, v.version, v.status, v.published_at, v.name, v.type, v.type_code,"
    " v.case_type, v.flow, v.places, v.min_assurance, v.appointment, v.notice_days, v.notice_unit,"
    " v.statutory_days, v.statutory_unit, v.promised_days, v.promised_unit,"
    " v.supplement_days, v.guide, v.materials, v.form, v.layout, v.object_fields, v.route,"
    " v.offices_at,"
    " d.code AS department_code, d.name AS department_name"
)

TABLES = (
    "item_version v JOIN service_item i ON i.code = v.item_id"
    " JOIN department d ON d.code = i.department_id"
)

PUBLISHED = (
    f"SELECT {COLUMNS} FROM {TABLES} WHERE v.status = 'published'"
    " ORDER BY v.type_code = '20', v.item_id"
)

BY_ID = f"SELECT {COLUMNS} FROM {TABLES} WHERE v.id = $1"

LAST = f"SELECT {COLUMNS} FROM {TABLES} WHERE v.item_id = $1 ORDER BY v.version DESC LIMIT 1"

# By the ids: the times are those of whoever published, whose clock may be behind.
STAMP = (
    "SELECT count(*) AS n, bit_xor(uuid_hash_extended(id, 0)) AS ids"
    " FROM item_version WHERE status = 'published'"
)

LATEST = """
SELECT DISTINCT ON (item_id) item_id, version, status, content_hash
FROM item_version ORDER BY item_id, version DESC
"""
# Locks the table against writers: two loads at once would give the same version number twice.
LOCK_VERSIONS = "LOCK TABLE item_version IN SHARE ROW EXCLUSIVE MODE"
