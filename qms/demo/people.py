"""Knows who works in the demo plant, in which roles and where; must not know their passwords."""

from typing import NamedTuple

from qms.rules.accounts import roles_with


class Person(NamedTuple):
    """Someone of the demo plant. `scopes` are unit codes; empty: the whole plant. `everywhere`: at every site."""

    login: str
    name: str
    role: str
    home: str | None
    scopes: tuple[str, ...] = ()
    language: str = "zh"
    everywhere: bool = False


PEOPLE = (
    Person("worker", "李娜 Li Na", "operator", "OP60", ("OP60",)),
    Person("leader", "张伟 Zhang Wei", "team_leader", "SA", ("SA",)),
    Person("engineer", "周敏 Zhou Min", "quality_engineer", "QD"),
    Person("quality-manager", "陈静 Chen Jing", "quality_manager", "QD"),
    Person("manager", "赵建国 Zhao Jianguo", "production_manager", "PM"),
    Person("auditor", "Laura Brandt", "auditor", None, language="en", everywhere=True),
    Person("admin", "系统管理员 Administrator", "admin", None),
    Person("leader-b", "孙涛 Sun Tao", "team_leader", "SB", ("SB",)),
    Person("leader-u", "吴强 Wu Qiang", "team_leader", "SU", ("SU",)),
    Person("leader-l", "郑浩 Zheng Hao", "team_leader", "LG", ("LG", "C01", "C02", "C03")),
    Person("leader-e", "何军 He Jun", "team_leader", "PD", ("PD",)),
    Person("delegate", "林芳 Lin Fang", "shift_quality", "QD"),
    Person("engineer-s", "黄磊 Huang Lei", "quality_engineer", "PU"),
    Person("process", "徐洋 Xu Yang", "process_engineer", "PE"),
    Person("reviewer", "马丽 Ma Li", "appeal_reviewer", "PE"),
    Person("customer-q", "高翔 Gao Xiang", "customer_quality", "QD"),
    Person("maintenance", "罗刚 Luo Gang", "unit_head", "MT", ("MT",)),
    Person("finance", "韩雪 Han Xue", "finance", "PM"),
    Person("representative", "秦岚 Qin Lan", "management_representative", "PM"),
    Person("board", "谢刚 Xie Gang", "mrb_member", "QD"),
    Person("planner", "ERP 接口 ERP interface", "process_engineer", "LG"),
    Person("inspect-in", "梁燕 Liang Yan", "inspector", "OP05", ("OP05",)),
    Person("inspect-1", "宋平 Song Ping", "inspector", "OP70", ("OP70",)),
    Person("inspect-2", "唐慧 Tang Hui", "inspector", "OP70", ("OP70",)),
    Person("receiving", "冯军 Feng Jun", "operator", "LG", ("S01", "S02", "S03")),
    Person("press-1", "曹斌 Cao Bin", "operator", "OP20", ("OP10", "OP20")),
    Person("press-2", "彭辉 Peng Hui", "operator", "OP20", ("OP10", "OP20")),
    Person("weld-1", "曾凯 Zeng Kai", "operator", "OP30", ("OP30",)),
    Person("weld-2", "萧亮 Xiao Liang", "operator", "OP30", ("OP30",)),
    Person("coat-1", "田雨 Tian Yu", "operator", "OP50", ("OP50",)),
    Person("coat-2", "董洁 Dong Jie", "operator", "OP50", ("OP50",)),
    Person("assembly-2", "袁霞 Yuan Xia", "operator", "OP60", ("OP60",)),
    Person("machine-1", "邓林 Deng Lin", "operator", "OP120", ("OP110", "OP120")),
    Person("machine-2", "许峰 Xu Feng", "operator", "OP120", ("OP110", "OP120")),
    Person("arc-1", "傅林 Fu Lin", "operator", "OP130", ("OP130", "OP140")),
    Person("arc-2", "沈明 Shen Ming", "operator", "OP130", ("OP130", "OP140")),
    Person("packing", "蒋勇 Jiang Yong", "operator", "OP80", ("OP80",)),
)

CREWS: dict[str, tuple[str, str]] = {
    "S01": ("receiving", "receiving"), "S02": ("receiving", "receiving"), "S03": ("receiving", "receiving"),
    "OP05": ("inspect-in", "inspect-in"), "OP10": ("press-1", "press-2"), "OP20": ("press-1", "press-2"),
    "OP30": ("weld-1", "weld-2"), "OP50": ("coat-1", "coat-2"), "OP60": ("worker", "assembly-2"),
    "OP70": ("inspect-1", "inspect-2"), "OP80": ("packing", "packing"),
    "OP110": ("machine-1", "machine-2"), "OP120": ("machine-1", "machine-2"), "OP130": ("arc-1", "arc-2"),
    "OP140": ("arc-1", "arc-2"), "C01": ("leader-l", "leader-l"), "C02": ("leader-l", "leader-l"),
    "C03": ("leader-l", "leader-l"),
}
"""Who presents and decides at a unit: by day, in the evening."""

LEADERS: dict[str, str] = {
    "OP10": "leader", "OP20": "leader", "OP30": "leader", "OP60": "leader", "OP110": "leader-b", "OP120": "leader-b",
    "OP130": "leader-b", "OP140": "leader-b", "OP50": "leader-u", "OP80": "delegate", "S01": "engineer-s",
    "S02": "engineer-s", "S03": "engineer-s",
}
"""Who answers for what a unit made: confirms it as the origin, or contests it."""


class SignIn(NamedTuple):
    """One of the people whose password is told, and what they are there to show."""

    login: str
    zh: str
    en: str


SIGN_INS = (
    SignIn("worker", "操作工", "worker: accepts and rejects at seat-bracket assembly"),
    SignIn("leader", "班长", "team leader of the seat-bracket section"),
    SignIn("engineer", "质量工程师", "quality engineer"),
    SignIn("quality-manager", "质量经理", "quality manager: approves standards"),
    SignIn("manager", "生产经理", "manager"),
    SignIn("representative", "管理者代表", "management representative: signs management reviews"),
    SignIn("auditor", "审核员", "auditor: reads and exports, the steel plates too"),
    SignIn("admin", "系统管理员", "administrator: people and grants"),
)

SIGNED = frozenset({"acceptance.approve", "actions.approve", "dispositions.approve", "dispositions.concede",
                    "dispositions.decide", "rejections.judge", "review.sign", "service.review"})
"""Permissions for steps that are signed: who holds one has a password, told or not."""


def signs(person: Person) -> bool:
    """Tell whether somebody takes steps that are signed."""
    return any(person.role in roles_with(permission) for permission in SIGNED)
