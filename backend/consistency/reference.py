"""What everything else rests on: the catalogue, the organisation, and the database's guards."""

import orjson

from backend.catalogue.loading.contents import content_hash
from backend.consistency.checks import Check, Connection, Faults, faults, sql

_NOT_CONTENT = "'{id,created_at,item_id,version,status,published_at,content_hash}'::text[]"
_CONTENTS = f"""
SELECT id::text, content_hash, (to_jsonb(v) - {_NOT_CONTENT}
    - CASE WHEN offices_at IS NULL THEN 'offices_at' ELSE '' END)::text AS content
FROM item_version v WHERE status <> 'draft'
"""
# PostgreSQL checks a key when it is written, unless whoever writes had that switched off, as who
# loads a dump in parts.
_REFERENCES = """
SELECT quote_literal(format('%s.%I=', conrelid::regclass, a.attname)) AS named,
       conrelid::regclass::text AS child, quote_ident(a.attname) AS referring,
       confrelid::regclass::text AS parent, quote_ident(b.attname) AS referred
FROM pg_constraint c
JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[1]
JOIN pg_attribute b ON b.attrelid = confrelid AND b.attnum = confkey[1]
WHERE contype = 'f' AND c.connamespace = 'public'::regnamespace
ORDER BY named
"""
_NOWHERE = (
    "SELECT DISTINCT {named} || child.{referring} AS id FROM {child} child"
    " LEFT JOIN {parent} parent ON parent.{referred} = child.{referring}"
    " WHERE child.{referring} IS NOT NULL AND parent.{referred} IS NULL"
)


async def _rewritten(connection: Connection) -> Faults:
    return faults(
        [
            row["id"]
            async for row in connection.cursor(_CONTENTS)
            if content_hash(orjson.loads(row["content"])) != row["content_hash"]
        ]
    )


async def _dangling(connection: Connection) -> Faults:
    keys = await connection.fetch(_REFERENCES)
    nowhere = " UNION ALL ".join(_NOWHERE.format(**key) for key in keys)
    return faults([row["id"] for row in await connection.fetch(nowhere)])


CHECKS = [
    Check(
        "references_exist",
        "外键所指的行都存在，写入时未经检查的也是如此"
        " / Every row that another names by a foreign key exists, also where writing it was not"
        " checked.",
        _dangling,
    ),
    Check(
        "version_frozen",
        "已公布的版本内容没有变过 / A published version says what it said when published.",
        _rewritten,
    ),
    sql(
        "versions_contiguous",
        "事项的版本从 1 起连续编号，至多最后一个在公布"
        " / The versions of an item are numbered from 1, and at most the last one is published.",
        "SELECT item_id FROM item_version GROUP BY item_id HAVING min(version) <> 1"
        " OR max(version) <> count(*)"
        " OR max(version) FILTER (WHERE status = 'published') < max(version)",
    ),
    sql(
        "unit_path",
        "单位的路径由上级的路径和本身的代码组成 / A unit's path is its parent's and its own code.",
        "SELECT u.code FROM org_unit u LEFT JOIN org_unit p ON p.code = u.parent_id"
        " WHERE u.path <> coalesce(p.path || '/', '') || u.code",
    ),
    sql(
        "guards_on",
        "触发器均已启用，索引均有效，约束均已检查"
        " / Every trigger is on, every index valid and every constraint checked.",
        "SELECT tgname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE c.relnamespace = 'public'::regnamespace AND tgenabled NOT IN ('O', 'A')"
        " UNION ALL SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"
        " UNION ALL SELECT conname::text FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace AND NOT convalidated",
    ),
]
"""Checks of reference data and of the database itself."""
