"""The facts of made-up letters, one set per kind."""

from datetime import date
from typing import Any

CASE: dict[str, Any] = {
    "project": "焊工（四级）线上适岗培训",
    "case_number": "KB2020000012",
    "received_on": date(2020, 3, 10),
    "notice_title": "临江市企业职工线上培训补贴",
    "notice": "临人社发〔2020〕8号",
}
PARTICULARS = [
    {"label": "班级编号", "value": "LJ-2020-0012"},
    {"label": "职业（工种）", "value": "焊工，6-18-02-04（2015版大典），四级"},
    {"label": "计划人数", "value": "38人"},
    {"label": "培训时间", "value": "2020年3月20日至2020年4月30日"},
    {"label": "课时", "value": "总课时40，其中线上16（40%）"},
]
STANDARD = "每人每课时（不少于45分钟）30元，每人每年不超过1000元"
LETTERS: dict[str, dict[str, Any]] = {
    "receipt": {
        **CASE,
        "channel": "邮寄",
        "materials": ["备案表", "培训计划", "名册"],
        "due_on": date(2020, 3, 13),
    },
    "lapse": {
        **CASE,
        "returned_on": date(2020, 3, 12),
        "due_on": date(2020, 3, 19),
        "reason": "逾期未补正材料",
    },
    "approval": {
        **CASE,
        "particulars": PARTICULARS,
        "standard": STANDARD,
        "standards": [
            {"label": "职业技能等级证书", "value": "1500元"},
            {"label": "培训合格证书", "value": "800元"},
        ],
        "advance": "4560.00元",
    },
    "provisional": {
        **CASE,
        "particulars": PARTICULARS,
        "standard": STANDARD,
        "promised_on": date(2020, 4, 1),
        "missing": ["完整培训方案", "师资证明"],
    },
    "return": {
        **CASE,
        "defects": [
            {
                "what": "培训大纲未写明各模块学习时长",
                "clause": "二(一)",
                "remedy": "逐模块填写时长后重新提交。",
            },
            {"what": "名册第14行身份证号码校验位不符", "remedy": "核对原件后重新上传该行"},
            {"what": "缺少双方签订的合作协议。"},
        ],
        "due_on": date(2020, 3, 24),
    },
    "refusal": {
        **CASE,
        "reasons": [
            {
                "what": "开班日期距备案不足5个工作日",
                "clause": "二(一)",
                "remedy": "另行确定开班日期后重新备案",
            }
        ],
    },
    "evaluation-result": {
        **CASE,
        "evaluated": "某某线上学习平台",
        "result": "未通过",
        "checks": [{"label": "实名制管理", "value": "符合"}, {"label": "过程可查询", "value": "不符合"}],
        "opinion": "培训过程不能查询，不能出具培训证明",
        "negative": True,
    },
    "amendment": {
        **CASE,
        "decision": "同意",
        "changes": [
            {"what": "培训结束日期", "before": "2020年4月30日", "after": "2020年5月15日"},
            {"what": "增加授课教师一名"},
        ],
    },
    "revocation": {
        **CASE,
        "reasons": ["实际未开展培训。", {"what": "学习记录不真实", "clause": "五"}],
        "remedy": "如不服本决定，可自收到本决定之日起60日内依法申请行政复议，或在6个月内依法提起行政诉讼。",
    },
}
