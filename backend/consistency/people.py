"""Residents, staff, and their sessions."""

from backend.consistency.checks import sql
from backend.drafts import drafts

CHECKS = [
    sql(
        "person_once",
        "一个身份证号是一个人 / One ID number is one person.",
        "SELECT min(id::text) FROM person GROUP BY id_number_hash HAVING count(*) > 1",
    ),
    sql(
        "person_left_is_bare",
        "账号均已删除的人，只保留姓名和号码"
        " / Of a person whose accounts were erased only name and number are kept.",
        "SELECT id::text FROM person p WHERE checked = 'identity_check'"
        " AND num_nonnulls(phone_sealed, phone_hash, address_sealed, community_id) > 0"
        " AND NOT EXISTS (SELECT FROM resident WHERE person_id = p.id)"
        " AND NOT EXISTS (SELECT FROM erasure WHERE person_id = p.id)",
    ),
    sql(
        "phone_sealed_and_hashed",
        "手机号加密并留有摘要，或者都不保存"
        " / A phone number is kept sealed and hashed, or not at all.",
        "SELECT id::text FROM resident WHERE (phone_sealed IS NULL) <> (phone_hash IS NULL)"
        " UNION ALL"
        " SELECT id::text FROM person WHERE (phone_sealed IS NULL) <> (phone_hash IS NULL)",
    ),
    sql(
        "assurance_earned",
        "认证等级为手机号的已提供号码，实名的才对应到人"
        " / Who is known by phone has given the number, and just who is by real name is a person.",
        "SELECT id::text FROM resident WHERE assurance = 'phone' AND phone_hash IS NULL"
        " OR (assurance = 'real_name') <> (person_id IS NOT NULL)",
    ),
    sql(
        "real_name_confirmed",
        "已实名的，均由身份核验服务按该号码核验"
        " / Whose real name is known was confirmed by the identity service, under this number.",
        "SELECT r.id::text FROM resident r JOIN person p ON p.id = r.person_id WHERE NOT EXISTS ("
        "SELECT FROM identity_check c WHERE c.resident_id = r.id AND c.result = 'match'"
        " AND c.number_hash = p.id_number_hash)",
    ),
    sql(
        "drafts_bounded",
        f"每个账号至多 {drafts.MOST} 份草稿，已删除的账号没有草稿"
        f" / An account has at most {drafts.MOST} drafts, and an erased one none.",
        "SELECT resident_id::text FROM draft GROUP BY resident_id"
        f" HAVING count(*) > {drafts.MOST} UNION ALL"
        " SELECT d.id::text FROM draft d JOIN erasure e ON e.resident_id = d.resident_id"
        " WHERE e.state = 'done'",
    ),
    sql(
        "mandate_sound",
        "授权有且只有一个代办人，不是授权人自己，监护之外至多一年；无账号者的手机授权已删除，"
        "窗口登记的留有凭证"
        " / A mandate has one agent, who is another, and but for guardians a year at most; given by"
        " phone, its principal has an account; made at a window, it has a photo.",
        "SELECT id::text FROM mandate m WHERE agent_id = principal_id"
        " OR num_nonnulls(agent_id, unit_id) <> (accepted_at IS NOT NULL)::int"
        " OR (revoked_at IS NULL) <> (revoked_by IS NULL)"
        " OR basis <> 'guardian' AND until > created_at + interval '1 year 2 days'"
        " OR (basis = 'code') <> (file_id IS NULL)"
        " OR basis = 'code' AND NOT EXISTS (SELECT FROM resident WHERE person_id = m.principal_id)"
        " AND NOT EXISTS (SELECT FROM erasure WHERE person_id = m.principal_id)",
    ),
    sql(
        "absence_sound",
        "同一人的请假不重叠，请假的人不同时作代理人"
        " / Nobody's absences overlap, and nobody is away and a deputy at once.",
        "SELECT a.id::text FROM absence a JOIN absence b ON a.starts_on <= b.ends_on"
        " AND b.starts_on <= a.ends_on AND a.id <> b.id"
        " AND (b.staff_id = a.staff_id OR b.deputy_id = a.staff_id)"
        " WHERE a.ended_at IS NULL AND b.ended_at IS NULL",
    ),
    sql(
        "account_once",
        "一个微信用户至多是一位居民和一位工作人员"
        " / One WeChat user is one resident, and one member of staff at most.",
        "SELECT min(id::text) FROM resident GROUP BY openid_hash HAVING count(*) > 1 UNION ALL"
        " SELECT min(id::text) FROM staff WHERE openid_hash IS NOT NULL"
        " GROUP BY openid_hash HAVING count(*) > 1",
    ),
    sql(
        "erased_is_gone",
        "已删除的居民不留个人信息，预约中也不留，并有删除记录"
        " / Of who was erased nothing personal is kept, nor in their appointments, and the erasure"
        " is written down.",
        "SELECT id::text FROM resident r WHERE erased_at IS NOT NULL AND ("
        " num_nonnulls(openid_sealed, person_id, phone_sealed, phone_hash, address_sealed,"
        " community_id) > 0"
        " OR NOT EXISTS (SELECT FROM erasure WHERE resident_id = r.id))"
        " UNION ALL SELECT a.id::text FROM appointment a JOIN erasure e USING (resident_id)"
        " WHERE e.state = 'done' AND (num_nonnulls(a.person_id, a.form_sealed) > 0 OR EXISTS ("
        "SELECT FROM appointment_event WHERE appointment_id = a.id AND reason_sealed IS NOT NULL))"
        " UNION ALL SELECT f.id::text FROM family_copy f JOIN erasure e"
        " ON e.resident_id IN (f.principal_id, f.relative_id) WHERE e.state = 'done'"
        " UNION ALL SELECT k.id::text FROM muted_kind k JOIN erasure e USING (resident_id)"
        " WHERE e.state = 'done'",
    ),
    sql(
        "admin_holds_no_other_post",
        "管理员不兼任其他岗位 / Who administers holds no other post.",
        "SELECT staff_id::text FROM post"
        " WHERE coalesce(valid_to >= (now() AT TIME ZONE 'Asia/Shanghai')::date, true)"
        " GROUP BY staff_id HAVING bool_or(role = 'admin') AND bool_or(role <> 'admin')",
    ),
    sql(
        "staff_left_is_out",
        "已离任的人员不能登录，也不再绑定微信和动态验证码"
        " / Who has left is let in no more, and bound to no WeChat account and no second factor.",
        "SELECT id::text FROM staff s WHERE left_at IS NOT NULL"
        " AND (active OR num_nonnulls(openid_hash, wecom_sealed, wecom_hash) > 0"
        " OR EXISTS (SELECT FROM second_factor WHERE staff_id = s.id))",
    ),
    sql(
        "session_of_one",
        "每个会话属于一位居民或一位工作人员"
        " / A session belongs to one resident or one member of staff.",
        "SELECT id::text FROM session WHERE (audience = 'resident') <> (resident_id IS NOT NULL)"
        " OR (audience = 'staff') <> (staff_id IS NOT NULL)",
    ),
    sql(
        "session_end_told",
        "已结束的会话记有时间和原因 / A session that was ended says when and why.",
        "SELECT id::text FROM session WHERE (revoked_at IS NULL) <> (revoke_reason IS NULL)",
    ),
    sql(
        "session_has_one_token",
        "有效的会话恰有一个可用的刷新令牌"
        " / A session that goes on has exactly one refresh token to use.",
        "SELECT s.id::text FROM session s LEFT JOIN refresh_token t ON t.session_id = s.id"
        " AND t.used_at IS NULL WHERE s.revoked_at IS NULL AND s.expires_at > now()"
        " GROUP BY s.id HAVING count(t.id) <> 1",
    ),
]
"""Checks of people."""
