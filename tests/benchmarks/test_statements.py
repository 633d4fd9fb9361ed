from pathlib import Path

from benchmarks.statements import Statement, heard

LOG = """\
2026-11-23 09:00:00.000 UTC [7] LOG:  execute __asyncpg_stmt_1__: SELECT 'before'
2026-11-23 09:00:00.100 UTC [8] LOG:  execute __asyncpg_stmt_2__: WITH a AS (
\t    SELECT $1::text
\t) SELECT $2
2026-11-23 09:00:00.100 UTC [8] DETAIL:  Parameters: $1 = 'it''s, $2 = ''x''', $2 = NULL
2026-11-23 09:00:00.200 UTC [8] LOG:  statement: COMMIT;
2026-11-23 09:00:00.300 UTC [9] LOG:  checkpoint starting: time
2026-11-23 09:00:00.400 UTC [9] DETAIL:  Parameters of nothing
"""


def test_the_log_tells_statements_with_their_values(tmp_path: Path) -> None:
    log = tmp_path / "postgres.log"
    log.write_text(LOG)

    after_the_first_line = len(LOG.splitlines()[0]) + 1

    assert heard(log, after_the_first_line) == [
        Statement("WITH a AS (\n    SELECT $1::text\n) SELECT $2", ("it's, $2 = 'x'", None)),
        Statement("COMMIT;"),
    ]
