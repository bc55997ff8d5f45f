"""Consents are never changed: the database itself refuses it.

Three things pass. Erasure empties the personal columns, in a transaction that says `circolare.erasing`. Rows that
were inserted as a sample may be deleted, and that mark cannot be set later. A whole table may be emptied only in
a database of the tests, whose name begins with `test_`.
"""

from django.db import migrations

MAKE = r"""
CREATE FUNCTION subscribers_consent_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    personal CONSTANT text[] := ARRAY['subscriber_id', 'page_url', 'evidence'];
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        IF starts_with(current_database(), 'test_') THEN
            RETURN NULL;
        END IF;
    ELSIF TG_OP = 'DELETE' THEN
        IF OLD.is_sample THEN
            RETURN OLD;
        END IF;
    ELSIF current_setting('circolare.erasing', true) = 'on'
        AND NEW.subscriber_id IS NULL AND NEW.page_url = '' AND NEW.evidence = ''
        AND to_jsonb(NEW) - personal = to_jsonb(OLD) - personal
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'consents are append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER subscribers_consent_append_only BEFORE UPDATE OR DELETE ON subscribers_consent
    FOR EACH ROW EXECUTE FUNCTION subscribers_consent_guard();
CREATE TRIGGER subscribers_consent_not_emptied BEFORE TRUNCATE ON subscribers_consent
    FOR EACH STATEMENT EXECUTE FUNCTION subscribers_consent_guard();
"""
DROP = """
DROP TRIGGER subscribers_consent_not_emptied ON subscribers_consent;
DROP TRIGGER subscribers_consent_append_only ON subscribers_consent;
DROP FUNCTION subscribers_consent_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("subscribers", "0003_signup_fields_and_limits")]

    operations = [migrations.RunSQL(MAKE, DROP)]
