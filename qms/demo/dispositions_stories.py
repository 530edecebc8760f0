"""Tells what becomes of what stays held in the demo plant, and of two concessions; must not know how a plan is drawn.

Each deed comes so many hours after its rejection was found; what would lie after the end has not happened yet.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from qms.demo import dispositions_doing as does
from qms.demo import dispositions_playing as playing
from qms.demo.deeds import Do, days_before, deed
from qms.demo.dispositions_doing import PERMIT
from qms.demo.happenings import Happening

Told = Sequence[tuple[float, str, str, Do]]
"""Hours after the finding, who, what the trail calls it, and the deed."""

PERMIT_DAYS = 34
"""How long before the end the permit is asked for that has expired since."""


STORIES = {"E02": "returned", "W01": "in_parts", "A04": "board", "W07": "conceded"}
"""The story of a refused quantity that stays held, by its defect."""

WITHOUT_LABEL = ("unlabelled", "asked")


def held_by_story(happenings: Sequence[Happening]) -> dict[str, str]:
    """Map each story to the key of the rejection that it tells of: one that the plan leaves held."""
    over = {h.key for h in happenings if h.verb in {"release", "void"}}
    held = {}
    for h in happenings:
        for n, (defect, _pieces) in enumerate(h.facts["faults"] if h.verb in {"reject", "partly_accept"} else ()):
            if defect in STORIES and f"{h.key}#{n}" not in over:
                held[STORIES[defect]] = f"{h.key}#{n}"
    unlabelled = [h.key for h in happenings if h.verb == "report" and "lot" not in h.facts]
    return held | dict(zip(WITHOUT_LABEL, unlabelled, strict=False))


def told(found: Mapping[str, datetime], held: Mapping[str, str], first: datetime, until: datetime) -> list[Happening]:
    """Return every deed until the end.

    `found`: when each rejection was found; `held` maps each story to its key; `first`: when the plant began.
    """
    stories = {"returned": _returned, "in_parts": _in_parts, "board": _board, "conceded": _conceded,
               "unlabelled": _unlabelled}
    deeds = [deed(found[held[name]] + timedelta(hours=hours), who, action, do)
             for name, story in stories.items() if name in held for hours, who, action, do in story(held[name])]
    if "asked" in held:
        deeds += _asked(held["asked"], found[held["asked"]], until)
    permit = _permit(until)
    deeds += permit if permit[0].at > first else []
    return sorted((h for h in deeds if h.at <= until), key=lambda h: h.at)


def _returned(key: str) -> Told:
    """Parts with sags go back to the coating, to be reworked there."""
    back = partial(does.each, key, "return_upstream")
    return ((50, "leader-u", "rejections.confirm_origin", partial(does.settle, key)),
            (52, "leader", "dispositions.decide", partial(does.decide, key, (("return_upstream", 0),))),
            (53, "leader", "dispositions.start", partial(back, playing.start)),
            (55, "leader", "dispositions.report", partial(back, playing.report)),
            (57, "engineer-s", "dispositions.verify", partial(back, playing.verify)),
            (76, "engineer", "dispositions.decide", partial(does.decide, key, (("rework", 0),))))


def _in_parts(key: str) -> Told:
    """Cold welds: some repairable, some scrap that still stands there, some to be looked at again."""
    return ((3, "quality-manager", "dispositions.decide",
             partial(does.decide, key, (("rework", 8), ("scrap", 4), ("no_fault", 0)))),
            (5, "leader", "dispositions.start", partial(does.each, key, "scrap", playing.start)),
            (6, "leader", "dispositions.report", partial(does.each, key, "scrap", playing.report)),
            (8, "engineer-s", "dispositions.witness", partial(does.each, key, "scrap", playing.witness)),
            (22, "leader", "dispositions.start", partial(does.each, key, "rework", playing.start)))


def _board(key: str) -> Told:
    """Loose rivets: the board agrees to use them as they are; the customer has not answered yet."""
    return ((26, "engineer", "dispositions.ask_board",
             partial(does.ask, key, "board", "铆钉松动量 0.05 mm 以内, 是否可让步使用?")),
            (28, "process", "dispositions.vote", partial(does.vote, key, "engineering", "agree", "use_as_is",
                                                         "松动量在装配后被消除")),
            (29, "customer-q", "dispositions.vote", partial(does.vote, key, "customer_quality", "agree", "use_as_is",
                                                            "可向顾客申请")),
            (30, "board", "dispositions.close_board", partial(does.close, key, "use_as_is", "同意, 须经顾客书面批准")),
            (48, "customer-q", "dispositions.draft_concession",
             partial(does.draft, key, "铆钉松动量 0 mm", "松动量 0.05 mm 以内, 拉脱力试验合格")),
            (49, "quality-manager", "dispositions.approve_concession", partial(does.approve, key)),
            (50, "customer-q", "dispositions.send_concession", partial(does.send, key)),
            (51, "quality-manager", "dispositions.decide", partial(does.decide, key, (("use_as_is", 0),))))


def _conceded(key: str) -> Told:
    """A seam a little off: the board agrees, the customer authorises a hundred, a few are used."""
    line = partial(does.each, key, "use_as_is")
    return ((2, "engineer", "dispositions.ask_board",
             partial(does.ask, key, "board", "焊缝偏移 1.2 mm, 强度试验合格, 申请让步接收")),
            (4, "process", "dispositions.vote", partial(does.vote, key, "engineering", "agree", "use_as_is",
                                                       "剪切力合格")),
            (5, "customer-q", "dispositions.vote", partial(does.vote, key, "customer_quality", "agree", "use_as_is",
                                                           "顾客已口头同意, 待书面")),
            (6, "board", "dispositions.close_board", partial(does.close, key, "use_as_is", "同意申请让步, 限 400 件")),
            (7, "customer-q", "dispositions.draft_concession",
             partial(does.draft, key, "焊缝位置 1.0 mm", "偏移 1.0 – 1.3 mm, 剪切力试验 5 件全部合格")),
            (8, "quality-manager", "dispositions.approve_concession", partial(does.approve, key)),
            (9, "customer-q", "dispositions.send_concession", partial(does.send, key)),
            (28, "customer-q", "dispositions.record_approval", partial(does.authorised, key, 30)),
            (29, "quality-manager", "dispositions.decide", partial(does.decide_conceded, key)),
            (30, "leader-u", "dispositions.start", partial(line, playing.start)),
            (31, "leader-u", "dispositions.report", partial(line, partial(playing.report, containers="ZX-0831"))),
            (33, "engineer-s", "dispositions.verify", partial(line, playing.verify)))


def _unlabelled(key: str) -> Told:
    """Nobody knows what they are: crushed, and waiting for a witness."""
    return ((330, "quality-manager", "dispositions.decide", partial(does.decide, key, (("scrap", 0),))),
            (332, "leader", "dispositions.start", partial(does.each, key, "scrap", playing.start)),
            (334, "leader", "dispositions.report", partial(does.each, key, "scrap", playing.report)))


def _asked(key: str, found: datetime, until: datetime) -> list[Happening]:
    """More without a label: the board is asked, and does not agree yet."""
    at = max(found + timedelta(hours=30), until - timedelta(hours=60))
    told_of = ((-4, "engineer", "rejections.ask_containment", partial(does.contain, key)),
               (0, "engineer", "dispositions.ask_board",
                partial(does.ask, key, "quality-manager", "无标签零件能否通过检测确认批次, 还是报废?")),
               (5, "process", "dispositions.vote", partial(does.vote, key, "engineering", "disagree", "sort",
                                                           "可用光谱仪和尺寸确认批次")),
               (9, "board", "dispositions.vote", partial(does.vote, key, "quality", "agree", "scrap",
                                                         "追溯性已丢失, 建议报废")))
    return [deed(at + timedelta(hours=hours), who, action, do) for hours, who, action, do in told_of]


def _permit(until: datetime) -> list[Happening]:
    """A permit for a thicker coating, asked for beforehand, expired since; made to specification again."""
    when = ((PERMIT_DAYS, 9, "customer-q", "dispositions.draft_concession", does.draft_permit),
            (PERMIT_DAYS - 1, 10, "quality-manager", "dispositions.approve_concession", partial(does.approve, PERMIT)),
            (PERMIT_DAYS - 1, 14, "customer-q", "dispositions.send_concession", partial(does.send, PERMIT)),
            (PERMIT_DAYS - 4, 11, "customer-q", "dispositions.record_approval", partial(does.authorised, PERMIT, 14)),
            (PERMIT_DAYS - 20, 1, "system", "dispositions.run_concessions", does.run_clock),
            (PERMIT_DAYS - 21, 15, "customer-q", "dispositions.confirm_back", does.confirm_back))
    return [deed(days_before(until, days, hour), who, action, do) for days, hour, who, action, do in when]
