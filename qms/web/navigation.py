"""Knows the menu: which pages there are and who may open them."""

from typing import Any, NamedTuple

from flask import current_app, g, request, url_for

from qms.rules.words import Words


class Place(NamedTuple):
    """One entry of the menu, for who holds the permission, and the other one where it takes two."""

    words: Words
    endpoint: str
    permission: str | None
    icon: str
    also: str | None = None


MENU: tuple[tuple[Words | None, tuple[Place, ...]], ...] = (
    (None, (Place(Words("Today", "今日"), "today.index", None, "home"),)),
    (Words("Shop floor", "现场"), (
        Place(Words("Hand-overs", "工序交接"), "acceptance.handovers", "acceptance.view", "transfer"),
        Place(Words("First piece and patrol", "首件与巡检"), "acceptance_pieces.inspections", "acceptance.view",
              "clipboard-check"),
        Place(Words("Rejections", "不合格"), "rejections.register", "rejections.view", "ban"),
        Place(Words("From tablets", "平板记录"), "rejections_intake.register", "rejections.view", "device-tablet"),
        Place(Words("Stops", "停线"), "stops.register", "stops.view", "bell-ringing"),
        Place(Words("Last 24 hours", "近24小时"), "rejections.board", "rejections.view", "clock"),
    )),
    (Words("Nonconformity", "不合格处置"), (
        Place(Words("Review board", "处置评审"), "dispositions.register", "dispositions.view", "scale"),
        Place(Words("Concessions", "让步接收"), "dispositions_concessions.register", "dispositions.view",
              "file-certificate"),
        Place(Words("Customer notices", "顾客通知"), "dispositions_notices.register", "dispositions.view", "message"),
        Place(Words("Quarantine", "隔离区"), "dispositions_quarantine.register", "dispositions.view", "lock"),
        Place(Words("Costs", "成本"), "dispositions_costs.overview", "dispositions.costs", "chart-bar"),
        Place(Words("Process controls", "过程控制"), "controls.register", "controls.view", "shield-check"),
    )),
    (Words("Chain", "客户链"), (
        Place(Words("Map", "链图"), "chain.map", "chain.view", "sitemap"),
        Place(Words("Units", "单元"), "chain.units", "chain.view", "building"),
        Place(Words("Links", "链接"), "chain.links", "chain.view", "link"),
        Place(Words("Standards", "验收标准"), "acceptance.standards", "acceptance.view", "checklist"),
        Place(Words("Items", "产品"), "chain.items", "chain.view", "box"),
        Place(Words("Lots", "批次"), "chain.lots", "chain.view", "stack"),
        Place(Words("Follow a lot", "批次追溯"), "chain_thread.search", "chain.view", "route"),
        Place(Words("Defect codes", "缺陷代码"), "chain.defects", "chain.view", "bug"),
        Place(Words("Routings", "工艺路线"), "chain.routings", "chain.view", "route"),
        Place(Words("Rosters", "值班"), "chain_rosters.week", "chain.view", "calendar-event"),
        Place(Words("Plant calendar", "工厂日历"), "chain_calendar.month", "chain.view", "calendar"),
    )),
    (Words("Improvement", "改进"), (
        Place(Words("Corrective actions", "纠正措施"), "actions.register", "actions.view", "checklist"),
        Place(Words("Team board", "小组看板"), "actions.board", "actions.view", "device-desktop"),
        Place(Words("Lessons learned", "经验教训"), "actions_lessons.register", "actions.view", "bulb"),
    )),
    (Words("Customers", "顾客"), (
        Place(Words("Outside customers", "外部顾客"), "customers.register", "customers.view", "users"),
        Place(Words("Customer complaints", "顾客投诉"), "customers_complaints.register", "customers.view", "message"),
        Place(Words("Visits and calls", "走访"), "customers_visits.register", "customers.view", "calendar-event"),
        Place(Words("Scorecards", "计分卡"), "customers_scores.grid", "customers.view", "chart-bar"),
    )),
    (Words("Internal service", "内部服务"), (
        Place(Words("Commitments", "服务承诺"), "service_commitments.register", "service.view", "heart"),
        Place(Words("Requests", "服务请求"), "service_requests.register", "service.view", "inbox"),
        Place(Words("Internal complaints", "内部投诉"), "service_complaints.register", "service.view", "message"),
        Place(Words("Appeals", "申诉"), "service_appeals.register", "service.view", "scale"),
        Place(Words("Follow-ups", "回访"), "service_follow_ups.register", "service.view", "calendar-event"),
        Place(Words("Recognition", "表彰"), "service_recognition.register", "service.view", "star"),
        Place(Words("Suggestions", "改善建议"), "service_suggestions.register", "service.view", "bulb"),
        Place(Words("Training", "培训"), "service_training.register", "service.view", "users"),
        Place(Words("Notices", "通知"), "service_notices.register", "service.view", "message"),
        Place(Words("My protected reports", "我的受保护举报"), "service_complaints_protected.mine", "service.complain",
              "lock"),
        Place(Words("Protected reports", "受保护举报"), "service_complaints_protected.register", "service.protect",
              "lock"),
    )),
    (Words("Satisfaction", "满意度"), (
        Place(Words("Surveys", "满意度调查"), "satisfaction.register", "satisfaction.view", "clipboard-list"),
        Place(Words("Question sets", "问卷"), "satisfaction_questions.register", "satisfaction.view", "list-check"),
        Place(Words("Measures of units", "单元指标"), "satisfaction_measures.register", "satisfaction.view",
              "chart-dots"),
    )),
    (Words("Management review", "管理评审"), (
        Place(Words("Dashboard", "指标看板"), "review_dashboard.show", "review.view", "chart-bar"),
        Place(Words("Reviews", "评审"), "review.register", "review.view", "clipboard-check"),
        Place(Words("Pairs of measures", "指标配对"), "review_pairings.register", "review.view", "link"),
        Place(Words("Quality objectives", "质量目标"), "review_objectives.register", "review.view", "flag"),
    )),
    (Words("Figures", "指标"), (
        Place(Words("Measures", "质量指标"), "measures.overview", "measures.view", "chart-line"),
        Place(Words("Unit scorecards", "单元计分卡"), "satisfaction_scorecards.overview", "satisfaction.view", "scale"),
        Place(Words("Settlement", "内部结算"), "satisfaction_settlement.month", "dispositions.costs", "transfer"),
    )),
    (Words("Administration", "管理"), (
        Place(Words("Imports", "导入"), "imports.runs", "imports.run", "upload"),
        Place(Words("Audit trail", "审计追踪"), "trail.entries", "trail.view", "history"),
        Place(Words("Evidence", "证据"), "trail_evidence.ask", "trail.view", "file-certificate",
              also="exports.run"),
        Place(Words("Retention", "保存期限"), "trail_retention.overview", "trail.view", "database"),
        Place(Words("Rules", "规则"), "trail.rules", None, "book"),
        Place(Words("People", "人员"), "accounts.people", "accounts.view", "users"),
        Place(Words("Qualifications", "资质"), "accounts_qualifications.register", None, "certificate"),
        Place(Words("Limits", "限额和时限"), "chain_limits.register", "chain.limits", "scale"),
        Place(Words("Tablets", "平板"), "accounts_devices.register", "accounts.enrol", "device-tablet"),
    )),
)


def groups() -> list[dict[str, Any]]:
    """Return the menu of the signed-in person; empty when nobody is."""
    person = g.get("person")
    if person is None:
        return []
    addresses = _addresses(request.script_root)
    here = _here(addresses)
    shown = []
    for words, places in MENU:
        items = [
            {"words": p.words, "url": addresses[p.endpoint], "active": p.endpoint == here, "icon": p.icon,
             "count": None}
            for p in places
            if p.endpoint in addresses and all(person.may(one) for one in (p.permission, p.also) if one)
        ]
        if items:
            shown.append({"words": words, "items": items})
    return shown


def _addresses(root: str) -> dict[str, str]:
    """Return the address of every entry, made once for each place at which the application is mounted."""
    known: dict[str, dict[str, str]] = current_app.extensions.setdefault("qms.menu", {})
    if root not in known:
        known[root] = {p.endpoint: url_for(p.endpoint) for _, places in MENU for p in places
                       if p.endpoint in current_app.view_functions}
    return known[root]


def _here(addresses: dict[str, str]) -> str | None:
    """Return the entry that this page belongs to: the one whose address begins this page's, the longest of them."""
    path = f"{request.script_root}{request.path}"
    home = f"{request.script_root}/"
    inside = [endpoint for endpoint, address in addresses.items()
              if f"{path}/".startswith(f"{address.rstrip('/')}/") and (address != home or path == home)]
    return max(inside, key=lambda endpoint: len(addresses[endpoint]), default=None)
