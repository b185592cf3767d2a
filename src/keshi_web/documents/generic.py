"""Layouts for forms without one of their own, made from the form's definition: a new city needs no code."""

from itertools import pairwise
from math import ceil

from keshi.scheme.model import Form, FormField
from keshi.vocabulary import Label
from keshi_web.documents.data import COUNTING
from keshi_web.documents.layout import Block, Box, Grid, Layout, Line, Notes, Records, Row, Text

WIDTH = 24
"""Columns of a sheet's grid: a label takes 5 and its value 7, so two pairs stand side by side."""
LABEL, VALUE = 5, 7
LABEL_LINE = 8
"""Characters on a line of a label."""
LONG_LABEL, LONG_CHOICES = 14, 12
"""Characters beyond which a field has a row to itself."""
ROSTER_FIELDS = 3
OURS = "通知（{clause}）未印发本表式样，本表按通知要求的内容编制"
WIDE_TABLE = 7
"""Columns from which a roster lies across; a sheet with one more."""
BREADTHS = (
    (COUNTING, 11), ("性别", 11), ("人数", 17), ("单位数", 17), ("姓名", 19), ("专家", 20),
    ("身份证", 42), ("手机", 28), ("电话", 28),
    ("账号", 32), ("编号", 32), ("日期", 26), ("时间", 26), ("内容", 42), ("课程", 38), ("名称", 38), ("意见", 60),
    ("企业", 38), ("方式", 30), ("模块", 38), ("专业", 28), ("课时", 16), ("结果", 18), ("职业", 26),
)  # fmt: skip
"""Millimetres that a table's column likes, by a word of its heading; others by the heading's length."""


def generic_layout(form: Form) -> Layout:
    """A roster, a check list, a commitment or a sheet, whichever the form's fields make it."""
    tables = [field for field in form.fields if field.kind == "table"]
    others = [field for field in form.fields if field.kind != "table"]
    kinds = {field.kind for field in others}
    landscape = False
    if len(tables) == 1 and len(others) <= ROSTER_FIELDS and not kinds & {"opinion", "choice", "checkbox"}:
        blocks = _roster(form, tables[0])
        landscape = len(tables[0].columns) >= WIDE_TABLE
    elif not tables and others and kinds <= {"checkbox", "text"} and others[0].kind == "checkbox":
        blocks = _check_list(form)
    elif form.promises and not tables and "opinion" not in kinds:
        blocks = _commitment(form)
    else:
        blocks = [_sheet(form)]
        landscape = any(len(table.columns) > WIDE_TABLE for table in tables)
    if form.notes:
        blocks = [*blocks, Notes()]
    if form.ours:
        blocks = [*blocks, Notes(prefix="说明：", items=[OURS.format(clause=form.clause)])]
    return Layout(number=form.number, blocks=blocks, landscape=landscape)


def _roster(form: Form, table: FormField) -> list[Block]:
    before = [f"{f.label.zh}：{{{f.id}}}" for f in form.fields if f.kind not in ("table", "signature")]
    after = [_signature_line(f) for f in form.fields if f.kind == "signature"]
    blank = 12 if len(table.columns) >= WIDE_TABLE else 18
    columns = [breadth(column) for column in table.columns]
    grid = Grid(columns=columns, rows=[Records(table=table.id, blank=blank)])
    above = [Line(items=before[at : at + 2]) for at in range(0, len(before), 2)]
    return [*above, grid, *(Line(items=["", one]) for one in after)]


def _signature_line(field: FormField) -> str:
    return f"{field.label.zh}：{{{field.id}.person}}　　　　{{{field.id}.date}}"


def _check_list(form: Form) -> list[Block]:
    rows: list[Row] = [["序号", "材料名称", "是否提交"]]
    for number, field in enumerate(form.fields, start=1):
        if field.kind == "checkbox":
            rows.append([str(number), Box(text=field.label.zh, align="left"), f"{{{field.id}.box}}"])
        else:
            text = f"{field.label.zh}：\n{{{field.id}}}"
            rows.append([str(number), Box(text=text, align="left", span=2)])
    return [Grid(columns=[14, 126, 28], rows=rows)]


def _commitment(form: Form) -> list[Block]:
    plain = [field for field in form.fields if field.kind != "signature"]
    count = len(form.promises)
    promises = "；\n".join(
        f"{f'{number}. ' if count > 1 else ''}{{promise:{number}}}" for number in range(1, count + 1)
    )
    signatures = "\n".join(_signature_line(field) for field in form.fields if field.kind == "signature")
    blocks: list[Block] = []
    if plain:
        rows: list[Row] = [[f.label.zh, Box(text=f"{{{f.id}}}", align="left")] for f in plain]
        blocks.append(Grid(columns=[45, 123], rows=rows, size=12))
    blocks.append(Text(text=f"我单位郑重承诺：\n{promises}。", indent=True, space=8))
    if signatures:
        blocks.append(Text(text=signatures, align="right", space=20))
    return blocks


def _sheet(form: Form) -> Grid:
    rows: list[Row] = []
    half: FormField | None = None
    promised = not form.promises
    for field in form.fields:
        if half and (_alone(field) or field.kind in ("table", "signature", "opinion")):
            rows.append(_pair(half))
            half = None
        if field.kind == "table":
            rows.append([Box(text=field.label.zh, span=WIDTH, bold=True)])
            rows.append(Records(table=field.id, spans=shares(field.columns), blank=4))
        elif field.kind in ("signature", "opinion"):
            rows.append(_block(form, field, with_promises=not promised and field.kind == "signature"))
            promised = promised or field.kind == "signature"
        elif _alone(field):
            rows.append(_pair(field))
        elif half:
            rows.append([*_cells(half, VALUE), *_cells(field, VALUE)])
            half = None
        else:
            half = field
    if half:
        rows.append(_pair(half))
    if not promised:
        text = "\n".join(_promises(form))
        rows.append([Box(text="承诺", span=LABEL), Box(text=text, align="left", span=WIDTH - LABEL)])
    return Grid(columns=[7.0] * WIDTH, rows=rows)


def _alone(field: FormField) -> bool:
    choices = sum(len(choice.zh) + 2 for choice in field.choices)
    return len(field.label.zh) > LONG_LABEL or choices > LONG_CHOICES


def _pair(field: FormField) -> Row:
    return _cells(field, WIDTH - LABEL)


def _cells(field: FormField, span: int) -> list[str | Box]:
    return [Box(text=folded(field.label.zh), span=LABEL), Box(text=f"{{{field.id}}}", span=span)]


def _promises(form: Form) -> list[str]:
    many = len(form.promises) > 1
    return [
        f"{f'{number}. ' if many else '承诺：'}{{promise:{number}}}。"
        for number in range(1, len(form.promises) + 1)
    ]


def _block(form: Form, field: FormField, *, with_promises: bool) -> Row:
    """A block to sign or to write an opinion into."""
    who = "经办人签字：" if field.kind == "opinion" else "负责人签字："
    lines = [*(_promises(form) if with_promises else []), f"{{{field.id}.text}}"]
    return [
        Box(text=folded(field.label.zh), span=LABEL),
        Box(
            text="\n".join(lines),
            foot=f"{who}{{{field.id}.person}}　　　　　　（盖章）　　{{{field.id}.date}}",
            space=16 if field.kind == "opinion" else 8,
            span=WIDTH - LABEL,
            align="left",
        ),
    ]


def folded(label: str) -> str:
    """A label on lines of even length, a remark in brackets on its own."""
    if len(label) <= LABEL_LINE:
        return label
    head, bracket, remark = label.rpartition("（") if label.endswith("）") else (label, "", "")
    if not head or "（" in head:
        return label
    length = ceil(len(head) / ceil(len(head) / LABEL_LINE))
    parts = [head[at : at + length] for at in range(0, len(head), length)]
    return "\n".join([*parts, f"{bracket}{remark}"] if remark else parts)


def breadth(heading: Label) -> float:
    """How wide a column likes to be, in millimetres."""
    liked = next((width for word, width in BREADTHS if word in heading.zh), None)
    return liked or min(max(16, 4 * len(heading.zh)), 40)


def shares(columns: list[Label], width: int = WIDTH) -> list[int]:
    """The grid's columns dealt out to a table's, at least one each, by what they like."""
    likes = [breadth(column) for column in columns]
    edges = [round(width * sum(likes[:count]) / sum(likes)) for count in range(len(likes) + 1)]
    found = [max(1, right - left) for left, right in pairwise(edges)]
    while sum(found) > width:
        found[found.index(max(found))] -= 1
    while sum(found) < width:
        found[found.index(max(found))] += 1
    return found
