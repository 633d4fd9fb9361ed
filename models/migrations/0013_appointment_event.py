"""What became of an appointment, as a row for each change."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.appointment import AppointmentStatus
from models.base import uuid7

_STATUSES = "\n".join(f"{each.name}: {each}" for each in AppointmentStatus)

# Each change was told of, so the messages say what happened and when; the slots of before are not
# known. A seal is bound to its row, so that no reason can be moved to an event.
_BEFORE = """
INSERT INTO appointment_event (id, created_at, appointment_id, seq, action, actor, actor_id, before,
                               after, slot_id)
SELECT uuidv7(), coalesce(told.at, a.created_at), a.id, seq, done.action,
       CASE done.action WHEN 'close' THEN 'operator' ELSE 'resident' END,
       CASE done.action WHEN 'close' THEN NULL ELSE a.resident_id END,
       CASE WHEN seq > 1 THEN 'booked' END,
       CASE WHEN seq = a.version THEN a.status ELSE 'booked' END, a.slot_id
FROM appointment a CROSS JOIN generate_series(1, a.version) AS made(seq)
LEFT JOIN (
    SELECT appointment_id, created_at AS at, split_part(kind, '.', 2) AS action,
           row_number() OVER (PARTITION BY appointment_id ORDER BY created_at, id) AS nth
    FROM message WHERE appointment_id IS NOT NULL
) told ON told.appointment_id = a.id AND told.nth = made.seq
CROSS JOIN LATERAL (SELECT CASE
    WHEN seq = 1 THEN 'book'
    WHEN seq < a.version OR a.status <> 'cancelled' THEN 'reschedule'
    WHEN told.action = 'close' THEN 'close' ELSE 'cancel' END AS action) done
"""
# The one change that is let through is erasing the reason.
_APPEND_ONLY = """
CREATE FUNCTION appointment_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.reason_sealed IS NULL
       AND to_jsonb(NEW) - 'reason_sealed' = to_jsonb(OLD) - 'reason_sealed' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'appointment events are never changed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_event_append_only';
END $$
"""
# Appointments are never deleted or renamed (appointment_kept), and events, like messages, are
# written by the statement that has the appointment in hand: keys to it would only look it up again.
STATEMENTS = [
    "CREATE TRIGGER appointment_kept BEFORE DELETE OR UPDATE OF id ON appointment"
    " FOR EACH ROW EXECUTE FUNCTION kept_for_good()",
    "ALTER TABLE appointment_event DROP CONSTRAINT appointment_event_appointment_id_fkey",
    "ALTER TABLE appointment_event DROP CONSTRAINT appointment_event_slot_id_fkey",
    "ALTER TABLE message DROP CONSTRAINT message_appointment_id_fkey",
    "CREATE UNIQUE INDEX appointment_event_once ON appointment_event (appointment_id, seq)",
    _BEFORE,
    _APPEND_ONLY,
    "CREATE TRIGGER appointment_event_append_only BEFORE UPDATE OR DELETE ON appointment_event"
    " FOR EACH ROW EXECUTE FUNCTION appointment_event_append_only()",
]


class Migration(migrations.Migration):
    """The table, with events of the appointments that are there; the reason is the event's."""

    dependencies = [("models", "0012_forgotten_messages")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.CreateModel(
            name="AppointmentEvent",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("appointment", fields.ForeignKeyField("models.Appointment", source_field="appointment_id", db_constraint=False, to_field="id", related_name="events", on_delete=OnDelete.RESTRICT)),
                ("seq", fields.IntField()),
                ("action", fields.CharField(max_length=32)),
                ("actor", fields.CharField(max_length=16)),
                ("actor_id", fields.UUIDField(null=True)),
                ("before", fields.CharEnumField(null=True, description=_STATUSES, enum_type=AppointmentStatus, max_length=16)),
                ("after", fields.CharEnumField(description=_STATUSES, enum_type=AppointmentStatus, max_length=16)),
                ("slot", fields.ForeignKeyField("models.Slot", source_field="slot_id", db_constraint=False, to_field="id", related_name="events", on_delete=OnDelete.RESTRICT)),
                ("reason_sealed", fields.BinaryField(null=True)),
            ],
            options={"table": "appointment_event", "app": "models", "pk_attr": "id", "table_description": "One change of an appointment, which stands as `after` at `slot_id` since then; seq from 1."},
            bases=["Record"],
        ),
        ops.AlterField(
            model_name="Message",
            name="appointment",
            field=fields.ForeignKeyField("models.Appointment", source_field="appointment_id", null=True, db_constraint=False, to_field="id", related_name="messages", on_delete=OnDelete.RESTRICT),
        ),
        ops.RemoveField(model_name="Appointment", name="cancel_reason_sealed"),
        ops.RunSQL(STATEMENTS),
    ]
