"""The lines of the list of filings (keshi_web.classes.lines): table, the triggers that keep it, its policy."""

from django.db import migrations, models

LINES = """
    select f.id, p.number, p.path, p.received_at is not null, p.state, p.due_on, p.suspended, f.organisation_id, o.name,
        o.pinyin, f.project, f.training_type, f.head_count, f.estimate, f.starts_on,
        lower(p.number || ' ' || f.project || ' ' || o.name)
    from classes_filing f join workflow_process p on p.id = f.process_id
    join organisations_organisation o on o.id = f.organisation_id
"""
COLUMNS = (
    "filing_id, number, path, received, state, due_on, suspended, organisation_id, organisation_name, pinyin, project,"
    " training_type, head_count, estimate, starts_on, text"
)
CHANGED = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS.split(", ")[1:])
WRITE = "insert into classes_filingline ({}) {} where {} on conflict (filing_id) do update set {};"
TABLE = f"""
    create table classes_filingline (
        filing_id bigint primary key references classes_filing on delete cascade,
        number varchar(40) not null, path varchar(200) not null, received boolean not null, state varchar(20) not null,
        due_on date, suspended boolean not null, organisation_id bigint not null, organisation_name varchar(120) not null,
        pinyin varchar(400) not null, project varchar(120) not null, training_type varchar(30) not null,
        head_count integer not null, estimate bigint, starts_on date, text text not null
    );
    insert into classes_filingline ({COLUMNS}) {LINES};
    create index filingline_place on classes_filingline (path varchar_pattern_ops, filing_id);
    create index filingline_number on classes_filingline (number, filing_id);
    create index filingline_starts on classes_filingline (starts_on, filing_id);
    create index filingline_organisation on classes_filingline (organisation_id, filing_id);
"""
# Whoever changes a case, all of its lines follow: the functions see everything for a moment.
EVERYTHING = {
    "path_from": "", "path_until": "\U0010ffff", "organisation_from": "-1", "organisation_until": "9223372036854775807",
    "drafts": "yes", "everything": "yes",
}  # fmt: skip
SAVED = ", ".join(f"coalesce(current_setting('keshi.{name}', true), '')" for name in EVERYTHING)
WIDEN = " ".join(
    f"perform set_config('keshi.{name}', '{value}', true);" for name, value in EVERYTHING.items()
)
NARROW = " ".join(
    f"perform set_config('keshi.{name}', before[{place}], true);" for place, name in enumerate(EVERYTHING, 1)
)


def kept(table: str, where: str, columns: str) -> str:
    """A trigger that writes the lines a changed row belongs to."""
    name = f"filingline_of_{table}"
    told = " or ".join(f"old.{column} is distinct from new.{column}" for column in columns.split(", "))
    write = WRITE.format(COLUMNS, LINES.strip(), where, CHANGED)
    return (
        f"create function {name}() returns trigger language plpgsql as $$ declare before text[] := array[{SAVED}];"
        f" begin {WIDEN} {write} {NARROW} return null; end $$;"
        f" create trigger {name} after update on {table} for each row when ({told}) execute function {name}();"
    )


FILING = "project, training_type, head_count, estimate, starts_on, organisation_id"
PROCESS = "number, path, received_at, state, due_on, suspended"
MADE = "create trigger filingline_made after insert on classes_filing for each row execute function filingline_of_classes_filing();"
ORGANISATION_IN_SCOPE = (
    "path ~>=~ current_setting('keshi.path_from', true) and path ~<~ current_setting('keshi.path_until', true)"
    " and organisation_id between current_setting('keshi.organisation_from', true)::bigint"
    " and current_setting('keshi.organisation_until', true)::bigint"
    " and (received or current_setting('keshi.drafts', true) = 'yes')"
)
POLICY = (
    f"create policy in_scope on classes_filingline using ({ORGANISATION_IN_SCOPE});"
    " alter table classes_filingline enable row level security, force row level security;"
)
TABLES = ("classes_filing", "workflow_process", "organisations_organisation")
UNDO = (
    "; ".join(f"drop function filingline_of_{table} cascade" for table in TABLES)
    + "; drop table classes_filingline"
)


class Migration(migrations.Migration):
    dependencies = [("config", "0001_row_security"), ("organisations", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [
                TABLE,
                kept("classes_filing", "f.id = new.id", FILING),
                MADE,
                kept("workflow_process", "p.id = new.id", PROCESS),
                kept("organisations_organisation", "o.id = new.id", "name, pinyin"),
                POLICY,
            ],
            UNDO,
        ),
        migrations.CreateModel(
            name="FilingLine",
            fields=[
                (
                    "filing",
                    models.OneToOneField(
                        on_delete=models.DO_NOTHING, primary_key=True, related_name="line", serialize=False,
                        to="classes.filing",
                    ),
                ),
            ],
            options={"db_table": "classes_filingline", "managed": False},
        ),
    ]  # fmt: skip
