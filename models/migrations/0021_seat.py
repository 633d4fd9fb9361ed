"""What an appointment takes of a slot, apart from the appointment."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.base import uuid7

# Taking the seat finds the slot anyway, so it also says if there is none: a foreign key would lock
# the hot row a second time, and share that lock among all rivals.
_TAKEN = """
CREATE FUNCTION seat_taken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE slot SET booked = booked + 1, used = true WHERE id = NEW.slot_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no slot %', NEW.slot_id
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'seat_slot_id_fkey';
    END IF;
    RETURN NULL;
END $$
"""
_LEFT = """
CREATE FUNCTION seat_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE slot SET booked = booked - 1 WHERE id = OLD.slot_id;
    RETURN NULL;
END $$
"""
_SLOT_KEPT = """
CREATE OR REPLACE FUNCTION slot_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR OLD.used THEN
        RAISE EXCEPTION 'a slot that somebody had a seat of is never deleted, and none is renamed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'slot_kept';
    END IF;
    RETURN OLD;
END $$
"""
STATEMENTS = [
    # No keys to slots and appointments, which are never deleted once there is a seat.
    "ALTER TABLE seat DROP CONSTRAINT seat_slot_id_fkey",
    "ALTER TABLE seat DROP CONSTRAINT seat_appointment_id_fkey",
    "INSERT INTO seat (id, slot_id, appointment_id)"
    " SELECT uuidv7(), slot_id, id FROM appointment WHERE status <> 'cancelled'",
    "UPDATE slot SET used = true WHERE id IN (SELECT slot_id FROM appointment_event)",
    "CREATE UNIQUE INDEX seat_once ON seat (appointment_id, slot_id)",
    "DROP TRIGGER appointment_seat ON appointment",
    "DROP FUNCTION appointment_seat()",
    _TAKEN,
    _LEFT,
    # Of a seat that moves the old slot is left first, by the triggers' names.
    "CREATE TRIGGER seat_left AFTER DELETE OR UPDATE OF slot_id ON seat"
    " FOR EACH ROW EXECUTE FUNCTION seat_left()",
    "CREATE TRIGGER seat_taken AFTER INSERT OR UPDATE OF slot_id ON seat"
    " FOR EACH ROW EXECUTE FUNCTION seat_taken()",
    _SLOT_KEPT,
    "CREATE INDEX appointment_of_case ON appointment (case_id) WHERE case_id IS NOT NULL",
]


class Migration(migrations.Migration):
    """The table, with the seats of the appointments that are there."""

    dependencies = [("models", "0020_file_owner")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.CreateModel(
            name="Seat",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("slot", fields.ForeignKeyField("models.Slot", source_field="slot_id", db_constraint=False, to_field="id", related_name="seats", on_delete=OnDelete.RESTRICT)),
                ("appointment", fields.ForeignKeyField("models.Appointment", source_field="appointment_id", db_constraint=False, to_field="id", related_name="seats", on_delete=OnDelete.RESTRICT)),
            ],
            options={"table": "seat", "app": "models", "indexes": [Index(fields=["slot_id"])], "pk_attr": "id", "table_description": "What an appointment takes of a slot until it is cancelled; the triggers on it count."},
            bases=["Strict"],
        ),
        ops.AddField(model_name="Slot", name="used", field=fields.BooleanField(db_default=False)),
        ops.RemoveIndex(model_name="Appointment", fields=["slot_id"]),
        ops.RemoveIndex(model_name="Appointment", fields=["case_id"]),
        ops.AlterModelOptions(
            name="Slot",
            options={"table": "slot", "app": "models", "pk_attr": "id", "table_description": "A span of time with `capacity` for seats; triggers on them keep `booked` and `used`."},
        ),
        ops.AlterModelOptions(
            name="Appointment",
            options={"table": "appointment", "app": "models", "indexes": [Index(fields=["resident_id", "id"]), Index(fields=["person_id"])], "pk_attr": "id", "table_description": "One person's visit, for one item at most and on one day; `slot` is where it begins."},
        ),
        ops.RunSQL(STATEMENTS),
    ]
