"""Row-level security, the second net: see keshi_web.common.row_security. Lives here, above all the tables it guards."""

from django.db import migrations


def setting(name: str) -> str:
    """A part of the scope that the connection was told; null where it was told none, and then nothing is seen."""
    whole = name.startswith("organisation") or name == "user"
    return f"current_setting('keshi.{name}', true){'::bigint' if whole else ''}"


EVERYTHING = f"{setting('everything')} = 'yes'"
PLACE = "{path} ~>=~ " + setting("path_from") + " and {path} ~<~ " + setting("path_until")
ORGANISATION = "{key} between " + setting("organisation_from") + " and " + setting("organisation_until")

# Ranges of plain columns all joined by "and": the planner knows how many rows they leave, and indexes serve them.
PROCESS = (
    f"{PLACE.format(path='path')}"
    f" and ({ORGANISATION.format(key='organisation_id')} or organisation_id is null and {EVERYTHING})"
    f" and (received_at is not null or {setting('drafts')} = 'yes')"
)
OF_A_PROCESS = "exists (select 1 from workflow_process p where p.id = process_id)"
OF_A_FILING = "exists (select 1 from classes_filing f where f.id = filing_id)"
PERSON = (
    f"{EVERYTHING} or user_id = {setting('user')}"
    " or exists (select 1 from classes_enrolment e where e.person_id = people_person.id)"
    " or exists (select 1 from people_employment e"
    " join organisations_organisation o on o.id = e.organisation_id join regions_region r on r.id = o.region_id"
    f" where e.person_id = people_person.id and {PLACE.format(path='r.path')}"
    f" and ({ORGANISATION.format(key='e.organisation_id')} or {ORGANISATION.format(key='e.agency_id')}))"
)
OF_A_PERSON = "exists (select 1 from people_person p where p.id = person_id)"
READ = f"{EVERYTHING} or user_id = {setting('user')} or {OF_A_PERSON}"
GUARDED = {
    "workflow_process": PROCESS,
    "classes_filing": OF_A_PROCESS,
    "classes_amendment": OF_A_PROCESS,
    "classes_enrolment": OF_A_FILING,
    "classes_rosterimport": OF_A_FILING,
    "classes_material": OF_A_FILING,
    "people_person": PERSON,
    "people_bankaccount": OF_A_PERSON,
    "people_accesslog": READ,
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
    initial = True
    dependencies = [("workflow", "0001_initial"), ("people", "0001_initial"), ("classes", "0001_initial")]
    operations = [guard(table, condition) for table, condition in GUARDED.items()]
