"""Messages to persons without an account, which the accounts that they will have show."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.message import RecipientKind

KINDS = 'RESIDENT: resident\nPERSON: person\nSTAFF: staff\nUNIT_ROLE: unit_role\nSYSTEM: system'
_SOUND = """
CREATE OR REPLACE FUNCTION message_sound() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    broken text := CASE
        WHEN NOT ((NEW.recipient = 'resident') = (NEW.resident_id IS NOT NULL)
            AND (NEW.recipient = 'person') = (NEW.person_id IS NOT NULL)
            AND (NEW.recipient = 'staff') = (NEW.staff_id IS NOT NULL)
            AND (NEW.recipient = 'unit_role') = (NEW.unit_id IS NOT NULL)
            AND (NEW.recipient = 'unit_role') = (NEW.role IS NOT NULL)
            AND (NEW.recipient = 'system') = (NEW.system IS NOT NULL)
            AND NEW.recipient IN ('resident', 'person', 'staff', 'unit_role', 'system'))
        THEN 'message_has_its_recipient'
        WHEN NOT (NEW.read_at IS NULL OR NEW.recipient IN ('resident', 'person'))
        THEN 'message_read_by_resident' END;
BEGIN
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'a row of % breaks %', TG_TABLE_NAME, broken
            USING ERRCODE = 'check_violation', CONSTRAINT = broken;
    END IF;
    RETURN NEW;
END $$
"""


class Migration(migrations.Migration):
    """A column that is empty, and what is asked of it from now on."""

    dependencies = [("models", "0035_recusal_in_force")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.AddField("Message", "person_id", fields.UUIDField(null=True)),
        ops.AlterField("Message", "recipient", fields.CharEnumField(description=KINDS, enum_type=RecipientKind, max_length=16)),
        ops.RunSQL([
            "COMMENT ON COLUMN message.recipient IS '" + KINDS.replace("\n", r"\n") + "'",
            _SOUND,
            "CREATE OR REPLACE TRIGGER message_sound BEFORE INSERT OR UPDATE OF recipient,"
            " resident_id, person_id, staff_id, unit_id, role, system, read_at ON message"
            " FOR EACH ROW EXECUTE FUNCTION message_sound()",
        ]),
    ]
