"""Residents, staff, and their sessions."""

from backend.consistency.checks import sql

CHECKS = [
    sql(
        "person_of_number",
        "The accounts of one ID number are one person, known by that number.",
        "SELECT id::text FROM resident WHERE id_number_hash IS NOT NULL"
        " AND person_key <> id_number_hash",
    ),
    sql(
        "numbers_sealed_and_hashed",
        "A phone or ID number is kept sealed and hashed, or not at all.",
        "SELECT id::text FROM resident WHERE (phone_sealed IS NULL) <> (phone_hash IS NULL)"
        " OR (id_number_sealed IS NULL) <> (id_number_hash IS NULL)",
    ),
    sql(
        "assurance_earned",
        "Who is known by phone or real name has given the number.",
        "SELECT id::text FROM resident WHERE assurance = 'phone' AND phone_hash IS NULL"
        " OR assurance = 'real_name' AND id_number_hash IS NULL",
    ),
    sql(
        "real_name_confirmed",
        "Whose real name is known was confirmed by the identity service, under this number.",
        "SELECT id::text FROM resident r WHERE (assurance = 'real_name' OR id_number_hash"
        " IS NOT NULL) AND NOT EXISTS ("
        "SELECT FROM identity_check c WHERE c.resident_id = r.id AND c.result = 'match'"
        " AND c.number_hash = r.id_number_hash)",
    ),
    sql(
        "account_once",
        "One WeChat user is one resident, and one member of staff at most.",
        "SELECT min(id::text) FROM resident GROUP BY openid_hash HAVING count(*) > 1 UNION ALL"
        " SELECT min(id::text) FROM staff WHERE openid_hash IS NOT NULL"
        " GROUP BY openid_hash HAVING count(*) > 1",
    ),
    sql(
        "erased_is_gone",
        "Of who was erased nothing personal is kept, and the erasure is written down.",
        "SELECT id::text FROM resident r WHERE erased_at IS NOT NULL AND ("
        " num_nonnulls(openid_sealed, name_sealed, phone_sealed, phone_hash, id_number_sealed,"
        " id_number_hash, address_sealed, community_id) > 0"
        " OR NOT EXISTS (SELECT FROM erasure WHERE resident_id = r.id))",
    ),
    sql(
        "staff_left_is_out",
        "Who has left is let in no more, and bound to no WeChat account.",
        "SELECT id::text FROM staff WHERE left_at IS NOT NULL"
        " AND (active OR openid_hash IS NOT NULL)",
    ),
    sql(
        "session_of_one",
        "A session belongs to one resident or one member of staff.",
        "SELECT id::text FROM session WHERE (audience = 'resident') <> (resident_id IS NOT NULL)"
        " OR (audience = 'staff') <> (staff_id IS NOT NULL)",
    ),
    sql(
        "session_end_told",
        "A session that was ended says when and why.",
        "SELECT id::text FROM session WHERE (revoked_at IS NULL) <> (revoke_reason IS NULL)",
    ),
    sql(
        "session_has_one_token",
        "A session that goes on has exactly one refresh token to use.",
        "SELECT s.id::text FROM session s LEFT JOIN refresh_token t ON t.session_id = s.id"
        " AND t.used_at IS NULL WHERE s.revoked_at IS NULL AND s.expires_at > now()"
        " GROUP BY s.id HAVING count(t.id) <> 1",
    ),
]
"""Checks of people."""
