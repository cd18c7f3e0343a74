from importlib import import_module

from django.db import migrations

from access.lock import Lock, SecretariatInAudience, secretariat_holds
from accounts.tokens_sql import TOKENS_OF

FIRST_RULE = import_module("accounts.migrations.0002_tokens_of_a_user").FIRST_RULE
VIEWER = "(SELECT imap_viewer())"
SEES = f"audience && {VIEWER}"
AUTHORITY = f"('authority:' || {{}}) = ANY ({VIEWER}::text[])"
A_SECRETARIAT = (
    f"EXISTS (SELECT 1 FROM unnest({VIEWER}::text[]) held WHERE held LIKE 'secretariat:%' AND held = ANY (audience))"
)
PARTNER_OF_NOMINATION = "(SELECT n.partner_id FROM accounts_nomination n WHERE n.id = nomination_id)"
# A partner asks and withdraws; whether it is accepted is the secretariat's word.
OF_SUBMISSION = (
    f"({secretariat_holds('dialogue_id')} OR "
    f"(state IN ('waiting', 'withdrawn') AND {AUTHORITY.format(PARTNER_OF_NOMINATION)}))"
)
SUBMISSION_OF_THEMES = (
    "EXISTS (SELECT 1 FROM accounts_submission s JOIN accounts_nomination n ON n.id = s.nomination_id "
    f"WHERE s.id = submission_id AND ({secretariat_holds('s.dialogue_id')} OR "
    f"(s.state = 'waiting' AND {AUTHORITY.format('n.partner_id')})))"
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_nominations_and_log"),
        ("access", "0001_the_viewer_in_the_database"),
    ]
    operations = [
        migrations.RunSQL(TOKENS_OF, FIRST_RULE),
        SecretariatInAudience("accounts_submission"),
        Lock(
            "accounts_nomination",
            audience="own",
            parents={},
            write=f"({AUTHORITY.format('partner_id')} OR {A_SECRETARIAT})",
        ),
        Lock(
            "accounts_submission", audience="own", parents={"nomination_id": "accounts_nomination"}, write=OF_SUBMISSION
        ),
        Lock(
            "accounts_submission_themes",
            audience=None,
            parents={"submission_id": "accounts_submission"},
            write=SUBMISSION_OF_THEMES,
        ),
        Lock(
            "accounts_mandateevent",
            audience="own",
            parents={"nomination_id": "accounts_nomination"},
            write=SEES,
            append_only=True,
        ),
        # Anyone's reading makes a line, which they need not see.
        Lock("accounts_logentry", audience="own", parents={}, write="true", append_only=True),
    ]
