"""The catalogue of the demonstration: occupations, the notices' recommended platforms, courses and teachers."""

from keshi_web.catalogue.models import Course, Occupation, Platform, Teacher
from keshi_web.catalogue.services import take_over_recommended
from keshi_web.organisations.models import Organisation
from keshi_web.organisations.words import KindOf, State
from keshi_web.schemes.models import SchemeVersion
from keshi_web.schemes.states import State as SchemeState

OCCUPATIONS = (
    ("4-02-06-01", "仓储管理员", (5, 4, 3)),
    ("4-03-02-01", "中式烹调师", (5, 4, 3, 2, 1)),
    ("4-10-01-06", "家政服务员", (5, 4, 3)),
    ("4-10-01-02", "育婴员", (5, 4, 3)),
    ("6-18-01-01", "车工", (5, 4, 3, 2, 1)),
    ("6-18-02-04", "焊工", (5, 4, 3, 2, 1)),
    ("6-31-01-03", "电工", (5, 4, 3, 2, 1)),
    ("6-05-01-01", "缝制工", (5, 4)),
)
"""A few rows of the 2015 edition; the whole list is imported with `manage.py import_occupations`."""
COURSES = (
    ("安全生产与职业卫生", 405, False),
    ("疫情防控知识", 90, True),
    ("岗位操作规程与质量管理", 1350, False),
)
"""Name, minutes of video, about epidemic prevention."""


def load_sample() -> None:
    """Occupations, platforms from the published notices, and for every verified provider courses and a teacher."""
    for code, name, levels in OCCUPATIONS:
        Occupation.objects.get_or_create(
            edition=2015, code=code, name=name, defaults={"levels": list(levels)}
        )
    for version in SchemeVersion.objects.filter(state=SchemeState.PUBLISHED):
        take_over_recommended(version)
    for organisation in Organisation.objects.filter(state=State.VERIFIED):
        for name, minutes, epidemic in COURSES:
            Course.objects.get_or_create(
                owner=organisation,
                name=name,
                defaults={"video_minutes": minutes, "epidemic_prevention": epidemic},
            )
        Teacher.objects.get_or_create(
            organisation=organisation,
            name="测试教师一",
            defaults={"title": "高级技师", "subject": "岗位技能", "honours": ["全国技术能手"]},
        )
        if organisation.kinds.filter(kind=KindOf.PLATFORM).exists():
            Platform.objects.get_or_create(
                name=f"{organisation.name[:2]}测试培训在线",
                defaults={
                    "operator": organisation,
                    "kind": Platform.Kind.THIRD_PARTY,
                    "url": "https://px.example.cn/",
                },
            )
