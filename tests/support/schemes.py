"""Small scheme folders, written on the spot."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from keshi.scheme import Scheme, load_scheme

HEAD = """\
id = "small-2020"
region = "440200"
title = { zh = "小政策", en = "small scheme" }
notice = "测试〔2020〕1号"
issued_on = 2020-03-02
issuer = { zh = "测试局", en = "test bureau" }
"""
HOURS = """
[hours]
minutes = 45
basis = "trainee"
remainder = "drop"
clause = "一"
text = { zh = "每课时45分钟", en = "45 minutes each" }
"""
RULE = 'clause = "一"\ntext = { zh = "规则", en = "rule" }\n'
"""The clause and text that every rule must have."""
NO_COMMON = 'without_common = ["same-subsidy-once", "occupation-level-once", "three-a-year"]\n'


def item(
    amount: str = "class_hours * rate",
    class_hours: str = "floor(trainee.minutes / hour)",
    id: str = "training",
    more: str = "",
) -> str:
    return dedent(f"""\
        [[items]]
        id = "{id}"
        title = {{ zh = "培训补贴", en = "training subsidy" }}
        clause = "二"
        payee = ["enterprise"]
        fund = "失业保险基金专账"
        class_hours = '{class_hours}'
        amount = '{amount}'
        """) + dedent(f"{more}\n")


PARAMETERS = """\
[parameters]
hour = { value = 45, unit = "minute/class_hour", clause = "一" }
rate = { value = 30, unit = "yuan/class_hour", clause = "一" }
"""


def text(
    *rest: str, top: str = "", parameters: str = "", items: str | None = None, hours: str = HOURS
) -> str:
    """A scheme file: head, `top` keys, parameters (besides hour and rate), items, then the rest."""
    return "\n".join([HEAD + top, PARAMETERS + parameters, item() if items is None else items, *rest, hours])


def requirement(holds: str, of: str = "trainee", id: str = "rule", more: str = "") -> str:
    return f'[[requirements]]\nid = "{id}"\nof = "{of}"\nholds = \'{holds}\'\n{RULE}{more}\n'


def manual(id: str = "judged", of: str = "class", more: str = "") -> str:
    return f'[[requirements]]\nid = "{id}"\nof = "{of}"\nmanual = true\n{RULE}{more}\n'


def limit(
    ceiling: str, per: str = '["person"]', counts: str = "scheme", id: str = "cap", more: str = ""
) -> str:
    """`ceiling` is the whole line: amount_at_most = '…' or count_at_most = '…'."""
    return f'[[limits]]\nid = "{id}"\nper = {per}\n{ceiling}\ncounts = "{counts}"\n{RULE}{more}\n'


def table(keys: str, name: str = "standard", value: str = "amount", unit: str = "yuan") -> str:
    return (
        f'[tables.{name}]\nkeys = {keys}\nvalue = "{value}"\nunit = "{unit}"\nfile = "{name}.csv"\n{RULE}\n'
    )


def quantity(name: str, formula: str, more: str = "") -> str:
    return f"[quantities.{name}]\nformula = '{formula}'\n{RULE}{more}\n"


def write(folder: Path, scheme: str | bytes, tables: Mapping[str, str] | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    raw = scheme.encode() if isinstance(scheme, str) else scheme
    (folder / "scheme.toml").write_bytes(raw)
    for name, rows in (tables or {}).items():
        (folder / "tables").mkdir(exist_ok=True)
        (folder / "tables" / f"{name}.csv").write_text(rows, encoding="utf-8", newline="")
    return folder


def load(folder: Path, scheme: str | bytes, tables: Mapping[str, str] | None = None) -> Scheme:
    return load_scheme(write(folder, scheme, tables))
