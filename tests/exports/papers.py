"""A printed record with every kind of part, in words that a careless typesetter would take for markup."""

import datetime as dt
import io
from decimal import Decimal

from PIL import Image

from exports.sections import OWED, Fact, Facts, Fishbone, Head, Paper, Photo, Photos, Section, Table
from qms.rules.words import Words

NASTY = '=1+1 #panic("x") *bold* _it_ $a$ `raw` <tag> @ref \\ // 毛刺'
AT = dt.datetime(2026, 11, 28, 21, 0)  # noqa: DTZ001


def photo(color="red"):
    """A picture as the store keeps it."""
    target = io.BytesIO()
    Image.new("RGB", (640, 480), color).save(target, "WEBP")
    return target.getvalue()


def paper(note=NASTY, photos=1, rows=3):
    """A record of the plant in Shanghai."""
    return Paper(
        title=Words("8D report", "8D 报告"), number="CA-SH-2026-0001", subject="左支架毛刺 Left bracket, burr",
        site=Words("Shanghai plant", "上海工厂"), printed_at=AT, printed_by="李雷", zone="Asia/Shanghai",
        address="http://127.0.0.1:8000/actions/1", state=Words("Closed", "已关闭"), sections=[
            Section("D2", Words("Problem description", "问题描述"), [Facts([
                Fact(Words("What", "何事"), note, wide=True), Fact(Words("Safety", "安全"), False),
                Fact(Words("Pieces", "件数"), 1200), Fact(Words("Found at", "发现时间"), AT),
                Fact(Words("Day", "日期"), AT.date()), Fact(Words("Share", "比例"), Decimal("0.125")),
                Fact(Words("Reproduced", "已再现"), OWED), Fact(Words("Reference", "参考"), None)])],
                done=Words("Done", "完成")),
            Section("D3", Words("Interim containment", "临时围堵"), [
                Table(Words("Stock", "库存"), (Head(Words("Place", "位置"), 2), Head(Words("Good", "合格"), 1, True)),
                      [(Words("Warehouse", "仓库"), n) for n in range(rows)]),
                Table(Words("Nothing", "无"), (Head(Words("Place", "位置")),), [])]),
            Section("D4", Words("Root causes", "根本原因"), [Fishbone("毛刺 Burr", [
                (Words("Machine", "机"), [("true", "刀口磨损"), ("open", "夹具")]), (Words("People", "人"), [])])]),
            Section("", Words("Photos", "照片"), [Photos([Photo(photo(), f"NG {n}") for n in range(photos)])]),
        ])
