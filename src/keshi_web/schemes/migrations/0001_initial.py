import django.contrib.postgres.constraints
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import keshi_web.accounts.models.people
import keshi_web.common.clock
import keshi_web.schemes.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("files", "0001_initial"),
        ("regions", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SchemeVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scheme", models.CharField(max_length=80, verbose_name="政策编号")),
                ("number", models.PositiveIntegerField(verbose_name="版本")),
                ("title_zh", models.CharField(max_length=200, verbose_name="名称")),
                ("title_en", models.CharField(max_length=200, verbose_name="英文名称")),
                ("notice", models.CharField(max_length=200, verbose_name="文号")),
                ("issued_on", models.DateField(verbose_name="发文日期")),
                ("applies_from", models.DateField(blank=True, null=True, verbose_name="适用自")),
                ("applies_until", models.DateField(blank=True, null=True, verbose_name="适用至")),
                ("digest", models.CharField(max_length=80, verbose_name="摘要")),
                ("content_digest", models.CharField(max_length=80)),
                (
                    "imported_at",
                    models.DateTimeField(default=keshi_web.common.clock.now, verbose_name="导入时间"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("checked", "已核对"),
                            ("approved", "已批准"),
                            ("published", "已发布"),
                            ("superseded", "已被替代"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="draft",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("governs_from", models.DateField(blank=True, null=True, verbose_name="施行自")),
                ("governs_until", models.DateField(blank=True, null=True, verbose_name="施行至")),
                ("report", models.JSONField(blank=True, null=True, verbose_name="算例核对结果")),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="发布时间")),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("end_reason", models.CharField(blank=True, max_length=400, verbose_name="撤回理由")),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="批准人",
                    ),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "imported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="导入人",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scheme_versions",
                        to="regions.region",
                        verbose_name="适用地区",
                    ),
                ),
                (
                    "replaced_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaces",
                        to="schemes.schemeversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "政策版本",
                "verbose_name_plural": "政策版本",
                "ordering": ("scheme", "-number", "-id"),
            },
        ),
        migrations.CreateModel(
            name="SchemeFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.CharField(max_length=200, verbose_name="文件")),
                ("content", models.BinaryField()),
                ("size", models.PositiveIntegerField(verbose_name="大小")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="schemes.schemeversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "政策文件",
                "verbose_name_plural": "政策文件",
                "ordering": ("path",),
            },
        ),
        migrations.CreateModel(
            name="RegionalFact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="事实")),
                ("value", models.JSONField(blank=True, null=True, verbose_name="内容")),
                ("declared_on", models.DateField(verbose_name="文件日期")),
                ("document_number", models.CharField(max_length=120, verbose_name="文号")),
                ("declared_at", models.DateTimeField(default=keshi_web.common.clock.now)),
                (
                    "decision",
                    models.CharField(
                        choices=[("open", "待批准"), ("approved", "已生效"), ("refused", "不予批准")],
                        default="open",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=400, verbose_name="理由")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "declared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.attachment",
                        verbose_name="决定文件",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="facts",
                        to="regions.region",
                        verbose_name="适用地区",
                    ),
                ),
            ],
            options={
                "verbose_name": "地区事实",
                "verbose_name_plural": "地区事实",
                "ordering": ("-declared_at", "-id"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("decision", "open")),
                        fields=("region", "name"),
                        name="fact_one_open_declaration",
                        violation_error_message="该事实已有一份待批准的申报，请先处理。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            models.Q(("decided_by", models.F("declared_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="fact_second_person",
                        violation_error_message="批准人不得是申报人。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                                ("decision", "open"),
                            ),
                            models.Q(
                                models.Q(("decision", "open"), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="fact_decided_by_somebody",
                        violation_error_message="决定须有决定人和时间。",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="regionalfact",
            trigger=pgtrigger.compiler.Trigger(
                name="fact_steps",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."decision", \':\', NEW."decision") = ANY(\'{open:approved,open:refused}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."decision" IS DISTINCT FROM NEW."decision") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "decision" from "%" to "%" on table %\', OLD."decision", NEW."decision", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="b08542b0f77f0b4bc992c96b97a7295ef1fda96d",
                    operation="UPDATE",
                    pgid="pgtrigger_fact_steps_d7dd4",
                    table="schemes_regionalfact",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="regionalfact",
            trigger=pgtrigger.compiler.Trigger(
                name="fact_decided_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (OLD.\"decision\" = 'open'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="8cf3496e381dd6afd360891b0e45995dd5496ef5",
                    operation="UPDATE",
                    pgid="pgtrigger_fact_decided_once_1506d",
                    table="schemes_regionalfact",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="regionalfact",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."declared_at" IS DISTINCT FROM (NEW."declared_at") OR OLD."declared_by_id" IS DISTINCT FROM (NEW."declared_by_id") OR OLD."declared_on" IS DISTINCT FROM (NEW."declared_on") OR OLD."document_id" IS DISTINCT FROM (NEW."document_id") OR OLD."document_number" IS DISTINCT FROM (NEW."document_number") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."region_id" IS DISTINCT FROM (NEW."region_id") OR OLD."value" IS DISTINCT FROM (NEW."value"))',
                    func="\n    RAISE EXCEPTION '%', format('%s 的记录只能追加，不能修改或删除；更正请另增一条。 '\n        '(Records of %s are append-only: add a correcting one.)', TG_TABLE_NAME, TG_TABLE_NAME)\n    USING ERRCODE = 'integrity_constraint_violation';\n",
                    hash="00d6c21b76cbc8e6003725aec134fcb30bc2f06c",
                    operation="UPDATE",
                    pgid="pgtrigger_append_only_update_c0863",
                    table="schemes_regionalfact",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="regionalfact",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    RAISE EXCEPTION '%', format('%s 的记录只能追加，不能修改或删除；更正请另增一条。 '\n        '(Records of %s are append-only: add a correcting one.)', TG_TABLE_NAME, TG_TABLE_NAME)\n    USING ERRCODE = 'integrity_constraint_violation';\n",
                    hash="fa4eccfeb7055c1c030e10ca157ac2fcbb91e446",
                    operation="DELETE",
                    pgid="pgtrigger_append_only_delete_ff705",
                    table="schemes_regionalfact",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="regionalfact",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    RAISE EXCEPTION '%', format('%s 的记录只能追加，不能修改或删除；更正请另增一条。 '\n        '(Records of %s are append-only: add a correcting one.)', TG_TABLE_NAME, TG_TABLE_NAME)\n    USING ERRCODE = 'integrity_constraint_violation';\n",
                    hash="4dd4219b87583cc41a445b72009b55079017485d",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_append_only_truncate_141e4",
                    table="schemes_regionalfact",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="schemeversion",
            index=models.Index(fields=["scheme", "state"], name="scheme_by_state"),
        ),
        migrations.AddConstraint(
            model_name="schemeversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "withdrawn"), _negated=True),
                fields=("scheme", "number"),
                name="scheme_number_once",
                violation_error_message="该政策已有同一版本号。请提高 version 后重新上传。",
            ),
        ),
        migrations.AddConstraint(
            model_name="schemeversion",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("state", "published")),
                expressions=[
                    (keshi_web.schemes.models.SameText(models.F("scheme")), "&&"),
                    (
                        keshi_web.accounts.models.people.DayRange(
                            models.F("governs_from"), models.F("governs_until"), models.Value("[]")
                        ),
                        "&&",
                    ),
                ],
                name="scheme_one_version_a_day",
                violation_error_message="同一政策的两个已发布版本不得适用于同一天开班的班级。",
            ),
        ),
        migrations.AddConstraint(
            model_name="schemeversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("governs_from__isnull", True),
                    ("governs_until__isnull", True),
                    ("governs_until__gte", models.F("governs_from")),
                    _connector="OR",
                ),
                name="scheme_days_in_order",
                violation_error_message="适用截止日期不得早于开始日期。",
            ),
        ),
        migrations.AddConstraint(
            model_name="schemeversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True),
                    models.Q(("approved_by", models.F("imported_by")), _negated=True),
                    _connector="OR",
                ),
                name="scheme_second_person",
                violation_error_message="批准人不得是导入人。",
            ),
        ),
        migrations.AddConstraint(
            model_name="schemeversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("approved", "published", "superseded")), _negated=True),
                    models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                    _connector="OR",
                ),
                name="scheme_agreed_has_approver",
                violation_error_message="未经批准的版本不能发布。",
            ),
        ),
        migrations.AddConstraint(
            model_name="schemeversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("published", "superseded")), _negated=True),
                    ("published_at__isnull", False),
                    _connector="OR",
                ),
                name="scheme_published_has_day",
                violation_error_message="已发布的版本须有发布时间。",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="schemeversion",
            trigger=pgtrigger.compiler.Trigger(
                name="scheme_steps",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{draft:checked,draft:withdrawn,checked:approved,checked:withdrawn,approved:published,approved:withdrawn,published:superseded,published:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="a1b10e3d26f8b68eb10cbb3fb407adb73ef2ee84",
                    operation="UPDATE",
                    pgid="pgtrigger_scheme_steps_3035b",
                    table="schemes_schemeversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="schemeversion",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."applies_from" IS DISTINCT FROM (NEW."applies_from") OR OLD."applies_until" IS DISTINCT FROM (NEW."applies_until") OR OLD."content_digest" IS DISTINCT FROM (NEW."content_digest") OR OLD."digest" IS DISTINCT FROM (NEW."digest") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."imported_at" IS DISTINCT FROM (NEW."imported_at") OR OLD."imported_by_id" IS DISTINCT FROM (NEW."imported_by_id") OR OLD."issued_on" IS DISTINCT FROM (NEW."issued_on") OR OLD."notice" IS DISTINCT FROM (NEW."notice") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."region_id" IS DISTINCT FROM (NEW."region_id") OR OLD."scheme" IS DISTINCT FROM (NEW."scheme") OR OLD."title_en" IS DISTINCT FROM (NEW."title_en") OR OLD."title_zh" IS DISTINCT FROM (NEW."title_zh"))',
                    func="\n    RAISE EXCEPTION '%', format('%s 的记录只能追加，不能修改或删除；更正请另增一条。 '\n        '(Records of %s are append-only: add a correcting one.)', TG_TABLE_NAME, TG_TABLE_NAME)\n    USING ERRCODE = 'integrity_constraint_violation';\n",
                    hash="038098449012996a212246c1a3afae68eb94393c",
                    operation="UPDATE",
                    pgid="pgtrigger_append_only_update_e0b74",
                    table="schemes_schemeversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="schemeversion",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    RAISE EXCEPTION '%', format('%s 的记录只能追加，不能修改或删除；更正请另增一条。 '\n        '(Records of %s are append-only: add a correcting one.)', TG_TABLE_NAME, TG_TABLE_NAME)\n    USING ERRCODE = 'integrity_constraint_violation';\n",
                    hash="aec3531108311b2e82f596ead42d5a5c00eac8bf",
                    operation="DELETE",
                    pgid="pgtrigger_append_only_delete_689c7",
                    table="schemes_schemeversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="schemeversion",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    RAISE EXCEPTION '%', format('%s 的记录只能追加，不能修改或删除；更正请另增一条。 '\n        '(Records of %s are append-only: add a correcting one.)', TG_TABLE_NAME, TG_TABLE_NAME)\n    USING ERRCODE = 'integrity_constraint_violation';\n",
                    hash="627a8f588a77d283b45c8a7e22eab8fa048c54e1",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_append_only_truncate_88f2c",
                    table="schemes_schemeversion",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="schemefile",
            constraint=models.UniqueConstraint(
                fields=("version", "path"),
                name="scheme_file_once",
                violation_error_message="同一文件只能有一份。",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="schemefile",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    RAISE EXCEPTION '%', format('%s 的记录只能追加，不能修改或删除；更正请另增一条。 '\n        '(Records of %s are append-only: add a correcting one.)', TG_TABLE_NAME, TG_TABLE_NAME)\n    USING ERRCODE = 'integrity_constraint_violation';\n",
                    hash="e681d42bcc0c558e92fbc72a566956f6ea8a21b0",
                    operation="UPDATE",
                    pgid="pgtrigger_append_only_update_a3a31",
                    table="schemes_schemefile",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="schemefile",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    RAISE EXCEPTION '%', format('%s 的记录只能追加，不能修改或删除；更正请另增一条。 '\n        '(Records of %s are append-only: add a correcting one.)', TG_TABLE_NAME, TG_TABLE_NAME)\n    USING ERRCODE = 'integrity_constraint_violation';\n",
                    hash="30d72ab52b9df6faa13cdc9d98150dc8f1487d21",
                    operation="DELETE",
                    pgid="pgtrigger_append_only_delete_be81a",
                    table="schemes_schemefile",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="schemefile",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    RAISE EXCEPTION '%', format('%s 的记录只能追加，不能修改或删除；更正请另增一条。 '\n        '(Records of %s are append-only: add a correcting one.)', TG_TABLE_NAME, TG_TABLE_NAME)\n    USING ERRCODE = 'integrity_constraint_violation';\n",
                    hash="a62129e32d74fe86491fd40453e42ffb6c540c57",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_append_only_truncate_718ff",
                    table="schemes_schemefile",
                    when="BEFORE",
                ),
            ),
        ),
    ]
