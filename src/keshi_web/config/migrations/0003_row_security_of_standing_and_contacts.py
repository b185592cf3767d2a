"""Row-level security for what a person was, what happened to their record, and an organisation's people and accounts."""

from django.db import migrations

EVERYTHING = "current_setting('keshi.everything', true) = 'yes'"
OF_A_PERSON = "exists (select 1 from people_person p where p.id = person_id)"
OF_AN_ORGANISATION = (
    f"{EVERYTHING} or organisation_id between current_setting('keshi.organisation_from', true)::bigint"
    " and current_setting('keshi.organisation_until', true)::bigint"
    " and exists (select 1 from organisations_organisation o join regions_region r on r.id = o.region_id"
    " where o.id = organisation_id and r.path ~>=~ current_setting('keshi.path_from', true)"
    " and r.path ~<~ current_setting('keshi.path_until', true))"
)
GUARDED = {
    "people_categoryperiod": OF_A_PERSON,
    "people_personevent": OF_A_PERSON,
    "organisations_contact": OF_AN_ORGANISATION,
    "organisations_bankaccount": OF_AN_ORGANISATION,
    "organisations_bankaccountevent": OF_AN_ORGANISATION,
}


def guard(table: str, condition: str) -> migrations.RunSQL:
    """The table shows and takes only rows that fulfil the condition, from its owner too."""
    return migrations.RunSQL(
        f"create policy in_scope on {table} using ({condition});"
        f" alter table {table} enable row level security, force row level security;",
        f"alter table {table} no force row level security, disable row level security;"
        f" drop policy in_scope on {table};",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("config", "0002_filing_lines"),
        ("people", "0002_papers_and_standing"),
        ("organisations", "0001_initial"),
    ]
    operations = [guard(table, condition) for table, condition in GUARDED.items()]
