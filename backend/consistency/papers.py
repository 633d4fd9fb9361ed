"""Papers: each on an event that carries it, with a file and a number of its own."""

from backend.consistency.checks import rows, sql
from backend.papers.kinds import CARRIED

_CARRIED = rows(
    *((flow, action, kind) for flow, carried in CARRIED.items() for action, kind in carried.items())
)

CHECKS = [
    sql(
        "paper_of_event",
        "每份文书都依据办件的一条经过，该经过应当出具这种文书"
        " / Each paper is on an event of its case that carries such a paper.",
        "SELECT p.id::text FROM paper p LEFT JOIN case_event e"
        " ON e.case_id = p.case_id AND e.seq = p.seq"
        ' LEFT JOIN "case" c ON c.id = p.case_id'
        " LEFT JOIN item_version v ON v.id = c.item_version_id"
        f" WHERE ((v.flow, e.action, p.kind) IN (VALUES {_CARRIED})) IS NOT TRUE",
    ),
    sql(
        "paper_has_file",
        "单位的文件都是其文书或多人签字的名单，文书的文件都是出具单位的 PDF"
        " / A unit's files are its papers and lists that many signed, and a paper's is a PDF.",
        "SELECT coalesce(p.id, f.id)::text FROM paper p"
        " FULL JOIN stored_file f ON f.id = p.file_id"
        " WHERE (p.file_id IS NOT NULL OR f.unit_id IS NOT NULL)"
        " AND (f.unit_id = p.unit_id AND f.media_type = 'application/pdf') IS NOT TRUE"
        " AND NOT (p.id IS NULL AND EXISTS"
        " (SELECT FROM case_intake i WHERE i.consent_file_id = f.id))",
    ),
    sql(
        "paper_numbers_contiguous",
        "同一字号的文书编号连续 / The numbers of a series of papers have no gaps.",
        "SELECT name FROM paper_series s WHERE newest <>"
        " (SELECT count(*) FROM paper p WHERE starts_with(p.number, s.name || '第'))",
    ),
]
