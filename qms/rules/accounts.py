"""Knows roles, permissions, grants and who is acting; must not know how a person signed in or is stored."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from qms.rules.errors import Invalid, NotAllowed
from qms.rules.words import Words

ROLES: dict[str, Words] = {
    "operator": Words("Operator", "操作工"),
    "team_leader": Words("Team leader", "班组长"),
    "shift_quality": Words("Shift quality delegate", "质量代表(当班)"),
    "inspector": Words("Quality inspector", "检验员"),
    "quality_engineer": Words("Quality engineer", "质量工程师"),
    "mrb_member": Words("Review board member", "评审委员会委员"),
    "process_engineer": Words("Process engineer", "工艺工程师"),
    "production_manager": Words("Production manager", "生产经理"),
    "quality_manager": Words("Quality manager", "质量经理"),
    "customer_quality": Words("Customer quality", "顾客质量"),
    "unit_head": Words("Unit head", "部门负责人"),
    "appeal_reviewer": Words("Appeal reviewer", "申诉复核人"),
    "survey_admin": Words("Survey administrator", "调查管理员"),
    "auditor": Words("Auditor", "审核员"),
    "management_representative": Words("Management representative", "管理者代表"),
    "finance": Words("Finance", "财务"),
    "admin": Words("Administrator", "系统管理员"),
}

PERMISSIONS: dict[str, Words] = {
    "chain.view": Words("See the customer chain", "查看客户链"),
    "chain.limits": Words("Set limits of authority and clocks of a site", "设定工厂的权限额度和时限"),
    "chain.edit": Words("Edit units, links, items, defects and routings", "编辑单元、链接、产品、缺陷和工艺路线"),
    "chain.roster": Words("Arrange who is on duty", "安排值班"),
    "acceptance.view": Words("See standards and hand-overs", "查看验收标准和工序交接"),
    "acceptance.draft": Words("Draft standards", "起草验收标准"),
    "acceptance.approve": Words("Approve standards", "批准验收标准"),
    "acceptance.present": Words("Present a hand-over", "提交工序交接"),
    "acceptance.decide": Words("Accept or reject a hand-over", "接收或拒收工序交接"),
    "rejections.view": Words("See rejections", "查看不合格记录"),
    "rejections.report": Words("Report a rejection", "报告不合格"),
    "rejections.contain": Words("Answer containment lines", "填写围堵清单"),
    "rejections.contest": Words("Contest an origin", "对责任工序提出异议"),
    "rejections.judge": Words("Confirm or decide an origin", "确认或裁定责任工序"),
    "rejections.release": Words("Release a hold after re-inspection", "复检后解除冻结"),
    "rejections.void": Words("Void a rejection", "作废不合格记录"),
    "rejections.review": Words("Look through what tablets sent", "复核平板送来的记录"),
    "rejections.discard": Words("Give up a record that a tablet keeps", "放弃平板保留的记录"),
    "acceptance.inspect": Words("Inspect as quality (dedicated)", "专检"),
    "stops.view": Words("See calls and stops", "查看呼叫和停线"),
    "stops.call": Words("Call or stop the line", "呼叫或停线"),
    "stops.consent": Words("Agree to a restart as receiving operation", "作为接收工序同意复线"),
    "stops.answer": Words("Answer calls and stops", "处理呼叫和停线"),
    "dispositions.view": Words("See dispositions, concessions and quarantine", "查看处置、让步和隔离区"),
    "dispositions.decide": Words("Decide dispositions", "决定处置"),
    "dispositions.vote": Words("Vote in the review board", "参加评审"),
    "dispositions.work": Words("Carry out dispositions", "执行处置"),
    "dispositions.verify": Words("Verify dispositions and witness scrap", "验证处置和见证报废"),
    "dispositions.quarantine": Words("Keep and count quarantine", "管理和盘点隔离区"),
    "dispositions.concede": Words("Draft concessions and put them to the customer", "起草让步并提交顾客"),
    "dispositions.approve": Words("Approve concessions inside", "内部批准让步"),
    "dispositions.notify": Words("Notify customers", "通知顾客"),
    "dispositions.costs": Words("See costs of poor quality", "查看不良质量成本"),
    "dispositions.finance": Words("Set rates, post and close months", "设定费率、过账和月结"),
    "controls.view": Words("See process controls and bypasses", "查看过程控制和旁路"),
    "controls.edit": Words("Edit process controls and alternates", "编辑过程控制和替代方法"),
    "controls.test": Words("Test error-proofing devices", "测试防错装置"),
    "controls.bypass": Words("Start, review and end bypasses", "启用、评审和结束旁路"),
    "controls.approve": Words("Approve alternates", "批准替代方法"),
    "actions.view": Words("See corrective actions", "查看纠正措施"),
    "actions.open": Words("Open corrective actions", "开立纠正措施"),
    "actions.work": Words("Work on corrective actions", "推进纠正措施"),
    "actions.approve": Words("Choose actions and close cases as sponsor", "作为发起人选定措施和关闭"),
    "actions.confirm": Words("Confirm effectiveness", "确认有效性"),
    "service.view": Words("See commitments, requests and internal complaints", "查看承诺、服务请求和内部投诉"),
    "service.commit": Words("Publish commitments of the own unit", "发布本单元的服务承诺"),
    "service.request": Words("Ask another unit for a service and rate it", "向其他单元提出服务请求并评价"),
    "service.serve": Words("Work on requests to the own unit", "办理本单元收到的服务请求"),
    "service.complain": Words("File internal complaints and suggestions", "提出内部投诉和改善建议"),
    "service.answer": Words("Answer internal complaints and appeal for the own unit", "代表本单元答复内部投诉和申诉"),
    "service.review": Words("Decide appeals", "裁定申诉"),
    "service.follow": Words("Make follow-up visits and keep contacts", "回访和维护联系"),
    "service.protect": Words("Read protected reports", "查看受保护举报"),
    "service.recognise": Words("Recognise, and evaluate suggestions", "表彰和评价改善建议"),
    "service.teach": Words("Hold training sessions and post notices", "组织培训和发布通知"),
    "customers.view": Words("See outside customers", "查看外部顾客"),
    "customers.edit": Words("Edit outside customers, their grade and requirements", "编辑外部顾客、等级和顾客特殊要求"),
    "customers.complain": Words("Log and answer customers' complaints", "登记和答复顾客投诉"),
    "customers.score": Words("Enter customers' scorecards and special status", "登记顾客计分卡和特殊状态"),
    "satisfaction.view": Words("See satisfaction", "查看满意度"),
    "satisfaction.kiosk": Words("Start a survey kiosk on a tablet", "在平板上开启答题台"),
    "satisfaction.survey": Words("Make, run and publish surveys", "编制、实施和发布满意度调查"),
    "satisfaction.settle": Words("Settle process links", "结算工序链接"),
    "review.view": Words("See management reviews and objectives", "查看管理评审和质量目标"),
    "review.prepare": Words("Prepare and hold management reviews, set objectives", "准备和主持管理评审, 设定质量目标"),
    "review.sign": Words("Sign management reviews", "签署管理评审"),
    "measures.view": Words("See figures", "查看指标"),
    "imports.run": Words("Import files", "导入文件"),
    "exports.run": Words("Export registers", "导出台账"),
    "trail.view": Words("Read the audit trail", "查看审计追踪"),
    "trail.review": Words("Review the audit trail", "审查审计追踪"),
    "accounts.looks": Words("See who looked at people's data", "查看谁看过个人数据"),
    "trail.retain": Words("Set retention, hold records back and propose disposal", "设定保存期限、法律保全和提出销毁"),
    "trail.dispose": Words("Approve the disposal of records", "批准销毁记录"),
    "accounts.view": Words("See people and grants", "查看人员和授权"),
    "accounts.enrol": Words("Enrol and revoke tablets", "登记和注销平板"),
    "accounts.manage": Words("Manage people, grants and sessions", "管理人员、授权和会话"),
}

FEATURES: dict[str, Words] = {
    "chain": Words("Customer chain", "客户链"),
    "acceptance": Words("Acceptance", "验收"),
    "rejections": Words("Rejections", "不合格"),
    "stops": Words("Calls and stops", "呼叫和停线"),
    "dispositions": Words("Dispositions", "处置"),
    "controls": Words("Process controls", "过程控制"),
    "actions": Words("Corrective actions", "纠正措施"),
    "service": Words("Internal service", "内部服务"),
    "customers": Words("Outside customers", "外部顾客"),
    "satisfaction": Words("Satisfaction", "满意度"),
    "review": Words("Management review", "管理评审"),
    "measures": Words("Figures", "指标"),
    "imports": Words("Imports", "导入"),
    "exports": Words("Exports", "导出"),
    "trail": Words("Audit trail", "审计追踪"),
    "accounts": Words("People", "人员"),
}
"""The features by the first word of a permission."""

GRANT_STATES: dict[str, Words] = {
    "coming": Words("Not begun", "未开始"),
    "current": Words("In force", "生效中"),
    "ended": Words("Ended", "已结束"),
}

_SEE = ("chain.view", "acceptance.view", "rejections.view", "stops.view", "measures.view", "dispositions.view",
        "controls.view", "actions.view", "service.view", "customers.view", "satisfaction.view")
_FLOOR = (*_SEE, "acceptance.present", "acceptance.decide", "rejections.report", "stops.call", "stops.consent",
          "service.complain")
_LEAD = (*_FLOOR, "rejections.contain", "rejections.contest", "rejections.review", "stops.answer", "accounts.enrol",
         "exports.run", "dispositions.work", "dispositions.quarantine", "controls.test", "actions.open",
         "service.request", "service.serve", "satisfaction.kiosk")
_OFFICE = ("service.request", "service.serve", "service.complain")
_QUALITY = (
    *_LEAD, "acceptance.draft", "acceptance.inspect", "rejections.judge", "rejections.release", "rejections.void",
    "rejections.discard", "imports.run", "chain.edit", "chain.roster", "trail.view", "dispositions.decide",
    "dispositions.vote", "dispositions.verify", "dispositions.concede", "dispositions.notify", "dispositions.costs",
    "controls.edit", "controls.bypass", "actions.work", "actions.confirm", "service.follow", "service.recognise",
    "service.teach", "customers.edit", "customers.complain", "customers.score",
    "review.view",
)

ROLE_PERMISSIONS: dict[str, tuple[str, ...]] = {
    "operator": _FLOOR,
    "team_leader": (*_LEAD, "chain.roster", "dispositions.decide"),
    "shift_quality": (*_LEAD, "acceptance.inspect", "rejections.judge", "dispositions.verify", "controls.bypass"),
    "inspector": (*_LEAD, "acceptance.draft", "acceptance.inspect", "dispositions.verify"),
    "quality_engineer": _QUALITY,
    "mrb_member": (*_SEE, *_OFFICE, "rejections.release", "dispositions.decide", "dispositions.vote"),
    "process_engineer": (*_SEE, *_OFFICE, "acceptance.draft", "chain.edit", "rejections.report", "stops.call",
                         "stops.answer", "exports.run", "dispositions.vote", "dispositions.work", "controls.edit",
                         "controls.test", "controls.bypass", "actions.open", "actions.work"),
    "production_manager": (*_LEAD, "chain.edit", "chain.roster", "dispositions.vote", "dispositions.costs",
                           "controls.bypass", "actions.work", "actions.approve", "service.commit", "service.answer",
                           "service.recognise", "review.view"),
    "quality_manager": (*_QUALITY, "acceptance.approve", "accounts.view", "dispositions.approve", "controls.approve",
                        "chain.limits", "trail.review", "actions.approve", "service.commit", "service.answer",
                        "service.review", "satisfaction.survey", "review.prepare", "trail.retain", "trail.dispose"),
    "customer_quality": (*_SEE, *_OFFICE, "rejections.report", "rejections.judge", "stops.call", "exports.run",
                         "dispositions.vote", "dispositions.concede", "dispositions.notify", "actions.open",
                         "actions.work", "service.follow", "customers.edit", "customers.complain",
                         "customers.score", "review.view"),
    "unit_head": (*_LEAD, "acceptance.approve", "chain.roster", "dispositions.costs", "actions.work",
                  "actions.approve", "service.commit", "service.answer", "service.recognise", "service.teach",
                  "review.view"),
    "appeal_reviewer": (*_SEE, "rejections.judge", "service.review"),
    "survey_admin": ("chain.view", "satisfaction.view", "satisfaction.survey", "satisfaction.kiosk"),
    "auditor": (*_SEE, "trail.view", "exports.run", "accounts.view", "dispositions.costs", "review.view"),
    "management_representative": (*_SEE, "trail.view", "trail.review", "exports.run", "accounts.view", "accounts.looks",
                                  "dispositions.costs", "actions.approve", "service.review", "service.follow",
                                  "service.protect", "service.recognise", "satisfaction.survey", "review.view",
                                  "review.prepare", "review.sign", "trail.retain", "trail.dispose"),
    "finance": (*_SEE, *_OFFICE, "exports.run", "dispositions.costs", "dispositions.finance", "satisfaction.settle",
                "review.view"),
    "admin": ("chain.limits", "accounts.view", "accounts.looks", "accounts.manage", "accounts.enrol", "trail.view"),
}

BY_PASSWORD = frozenset({
    "chain.edit", "chain.limits", "acceptance.draft", "acceptance.approve", "rejections.void", "rejections.discard",
    "imports.run", "exports.run", "trail.view", "trail.review", "accounts.view", "accounts.looks", "accounts.enrol",
    "accounts.manage",
    "dispositions.decide", "dispositions.vote", "dispositions.verify", "dispositions.concede", "dispositions.approve",
    "dispositions.notify",
    "dispositions.finance", "controls.edit", "controls.approve", "actions.approve", "actions.confirm",
    "service.commit", "service.review", "service.protect", "customers.edit", "customers.score", "satisfaction.survey",
    "satisfaction.settle", "review.prepare", "review.sign", "trail.retain", "trail.dispose",
})
"""Permissions that badge and PIN do not give: a badge is copied from a photo, a PIN read over a shoulder."""


_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held in a scope. `site_id` None means every site, `unit_path` None every unit of it.

    `ends_on` None: until further notice. `behalf_id` and `behalf`: who delegated it; None: held in one's own right.
    """

    id: int
    role: str
    site_id: int | None = None
    unit_path: str | None = None
    ends_on: date | None = None
    behalf_id: int | None = None
    behalf: str | None = None

    def covers(self, permission: str, site_id: int | None, unit_path: str | None) -> bool:
        """Tell whether this grant gives the permission there. An asked-for site or unit of None means anywhere."""
        if permission not in ROLE_PERMISSIONS[self.role]:
            return False
        if self.site_id is not None and site_id is not None and self.site_id != site_id:
            return False
        return self.unit_path is None or unit_path is None or unit_path.startswith(self.unit_path)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts now, by which grants (only those in force; those held in one's own right first), and through what.

    `leaned_on` gathers the delegated grants without which something would not have been allowed.
    """

    id: int
    name: str
    grants: tuple[Grant, ...] = ()
    language: str = "en"
    method: str = "system"
    session_id: str | None = None
    device: str | None = None
    address: str | None = None
    request_id: str | None = None
    everything: bool = field(default=False)
    leaned_on: dict[int, Grant] = field(default_factory=dict, init=False, compare=False, repr=False)

    def may(self, permission: str, *, site_id: int | None = None, unit_path: str | None = None) -> bool:
        """Tell whether any grant gives the permission in this scope."""
        if self._lacks_password(permission):
            return False
        return self.everything or any(g.covers(permission, site_id, unit_path) for g in self.grants)

    def need(self, permission: str, *, site_id: int | None = None, unit_path: str | None = None) -> int | None:
        """Return the id of the grant that allows it (None for the system itself), for storing with the decision.

        Raises NotAllowed.
        """
        if self._lacks_password(permission):
            raise NotAllowed(permission, "Sign in with your password at a desk to do this.",
                             "此操作须在办公电脑上用密码登录。")
        for grant in self.grants:
            if grant.covers(permission, site_id, unit_path):
                return self.lean(grant)
        if self.everything:
            return None
        words = PERMISSIONS[permission]
        raise NotAllowed(
            permission, f"You hold no grant to do this here: {words.en}.", f"您在此处没有权限: {words.zh}。"
        )

    def sites(self, permission: str) -> set[int] | None:
        """Return the sites where the permission is held; None means every site."""
        if self._lacks_password(permission):
            return set()
        held = [g for g in self.grants if permission in ROLE_PERMISSIONS[g.role]]
        if self.everything or any(g.site_id is None for g in held):
            return None
        return {g.site_id for g in held if g.site_id is not None}

    def lean(self, grant: Grant) -> int:
        """Note that this grant allowed something now, where it was delegated; return its id."""
        if grant.behalf_id is not None:
            self.leaned_on[grant.id] = grant
        return grant.id

    def is_for(self, person_id: int | None) -> bool:
        """Tell whether they are this person, or act now on this person's behalf (R-52)."""
        return person_id is not None and (
            person_id == self.id or any(grant.behalf_id == person_id for grant in self.leaned_on.values()))

    @property
    def selves(self) -> frozenset[int]:
        """Return their own id and the ids of those on whose behalf they act now (R-52)."""
        return frozenset({self.id, *(g.behalf_id for g in self.leaned_on.values() if g.behalf_id is not None)})

    @property
    def only_reads(self) -> bool:
        """Tell whether they audit and nothing else: then they read and export, and change nothing."""
        return set(self.roles) == {"auditor"}

    @property
    def until(self) -> date | None:
        """Return the last day of their access; None where a role is held until further notice."""
        days = [grant.ends_on for grant in self.grants]
        return max((day for day in days if day), default=None) if None not in days else None

    def _lacks_password(self, permission: str) -> bool:
        return self.method == "pin" and permission in BY_PASSWORD

    @property
    def roles(self) -> tuple[str, ...]:
        """Name the roles held, each once."""
        return tuple(dict.fromkeys(g.role for g in self.grants))


def check_email(email: str | None) -> str | None:
    """Return an address as it is kept, None for an empty one. Raises Invalid for what cannot be one."""
    given = (email or "").strip()
    if given and not _EMAIL.fullmatch(given):
        raise Invalid("This is not an e-mail address.", "这不是电子邮件地址。", field="email")
    return given or None


def roles_with(permission: str) -> Iterable[str]:
    """Name the roles that hold a permission."""
    return (role for role, held in ROLE_PERMISSIONS.items() if permission in held)


SYSTEM = Actor(id=0, name="system", everything=True)
