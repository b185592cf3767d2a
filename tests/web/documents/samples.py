"""Made-up contents of forms: nothing, everything, far too much."""

from datetime import date
from pathlib import Path

from keshi.identity import make_id_number, make_uscc
from keshi.scheme import Scheme, all_schemes, scheme_root
from keshi.scheme.model import Form, FormField, Label
from keshi_web.documents.data import FormData, Signed, Value

USCC = make_uscc("440200", "MA4X0000")
ID_NUMBER = make_id_number("440201", date(1990, 3, 7), 12)
SENTENCE = "焊接作业安全操作规程与劳动保护基础知识，含现场应急处置。"
ADDRESS = "https://train.example.cn/courses/" + "abcdefghij0123456789" * 6
SCHEMES = all_schemes(scheme_root())
FORMS = [(scheme, form) for scheme in SCHEMES for form in scheme.file.forms]


def named(pair: tuple[Scheme, Form]) -> str:
    """The id of a (scheme, form) pair in a test's name."""
    return f"{pair[0].id}-{pair[1].id}"


def scheme(scheme_id: str) -> Scheme:
    """One of the five."""
    return next(one for one in SCHEMES if one.id == scheme_id)


def form(scheme_id: str, form_id: str) -> Form:
    """A form of one of the five."""
    return next(one for one in scheme(scheme_id).file.forms if one.id == form_id)


def cell(column: Label, number: int, times: int) -> str:
    """A cell that fits its column's heading."""
    known = {
        "序号": str(number),
        "姓名": "测试甲",
        "性别": "女",
        "身份证号码": ID_NUMBER,
        "手机号码": "13800000000",
    }
    return known.get(column.zh) or (SENTENCE * times if "内容" in column.zh else "测试内容" * times)


def value(field: FormField, rows: int, times: int) -> Value:
    """A value that fits a field, `times` as long as usual."""
    match field.kind:
        case "table":
            return tuple(
                tuple(cell(column, number, times) for column in field.columns)
                for number in range(1, rows + 1)
            )
        case "choice":
            return (field.choices[0].zh,)
        case "checkbox":
            return True
        case "date":
            return date(2020, 3, 12)
        case "number":
            return 40
        case "signature" | "opinion":
            return Signed("经审核，材料齐全。" * times, "测试乙", date(2020, 3, 20))
    if "信用代码" in field.label.zh:
        return USCC
    return (ADDRESS if "地址" in field.label.zh else "临江某某机械制造有限公司") * times


def full(form: Form, rows: int = 3) -> FormData:
    """Every field filled."""
    return FormData({field.id: value(field, rows, 1) for field in form.fields})


def long(form: Form, rows: int = 40) -> FormData:
    """Every field far longer than its cell."""
    return FormData({field.id: value(field, rows, 20) for field in form.fields})


LINJIANG = Path(__file__).resolve().parents[3] / "docs" / "examples" / "linjiang-2021"
