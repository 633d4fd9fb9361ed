"""The SQL of short messages: whose number it is, and what a report says."""

from notifications.channels.taking import Taking

# The account's own number, else that of its person, whom a window may have asked for it.
TAKING = Taking(
    join="LEFT JOIN person p ON p.id = r.person_id",
    address="coalesce(r.phone_sealed, p.phone_sealed) AS address,"
    " CASE WHEN r.phone_sealed IS NULL THEN 'person' ELSE 'resident' END AS kept_in,"
    " CASE WHEN r.phone_sealed IS NULL THEN p.id ELSE r.id END AS kept_of, 'phone' AS kept_as",
)

# Locks the delivery that the report is about. A report may overtake the answer to the sending: then
# the row in flight bears its id, and the code of the failure if there is one, as with an event of
# WeChat. The report of a second sending, of which the first was not lost after all, is kept.
REPORT = """
UPDATE delivery d SET
    status = CASE WHEN d.status IN ('sending', 'delivered') THEN d.status
                  WHEN $3 THEN 'delivered' ELSE 'failed' END,
    sent_at = coalesce(d.sent_at, $5),
    errcode = CASE WHEN $3 OR d.status = 'delivered' THEN NULL ELSE 1 END,
    error = CASE WHEN d.status = 'delivered' THEN '可能重复送达' ELSE $4 END,
    provider_id = CASE WHEN d.status = 'delivered' THEN d.provider_id ELSE $2 END
WHERE d.id = $1 AND d.channel = 'sms' AND (d.status IN ('sent', 'sending', 'unknown')
    OR d.status = 'delivered' AND $3 AND d.provider_id <> $2)
RETURNING d.error
"""
