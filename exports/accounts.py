"""Knows the register of grants and the matrix of roles and permissions as files; must not know the database.

A row is a mapping with the keys of the columns; wordings are already in the reader's language.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from exports.about import About, Written
from exports.columns import Column
from exports.delimited import write_csv
from exports.workbook import Sheet, write_workbook
from qms.rules.accounts import ROLES
from qms.rules.words import Words

GRANTS = Words("Grants", "授权台账")
LOOKS = Words("Looks at personal data", "个人数据查看记录")
MATRIX = Words("Roles and permissions", "角色权限矩阵")

_Rows = Iterable[Mapping[str, Any]]
_Stream = str | os.PathLike[str] | BinaryIO

GRANT_COLUMNS = (
    Column("person", Words("Person", "人员"), width=20),
    Column("login", Words("Sign-in name", "登录名"), width=18),
    Column("role", Words("Role", "角色"), width=24),
    Column("site", Words("Site (empty: every site)", "工厂 (空为所有工厂)"), width=24),
    Column("unit", Words("Unit (empty: every unit)", "单元 (空为所有单元)"), width=24),
    Column("starts_on", Words("First day", "起始日期"), "date", width=13),
    Column("ends_on", Words("Last day", "截止日期"), "date", width=13),
    Column("state", Words("State", "状态"), width=12),
    Column("delegated_by", Words("Delegated by", "委托人"), width=20),
    Column("reason", Words("Reason", "原因"), width=36),
    Column("link", Words("Open record", "打开记录"), "link", width=20),
)
LOOK_COLUMNS = (
    Column("at", Words("When", "时间"), "datetime", width=20),
    Column("by", Words("Seen by", "查看人"), width=20),
    Column("login", Words("Sign-in name", "登录名"), width=18),
    Column("page", Words("Page", "页面"), width=28),
    Column("person", Words("Whose data (empty: several, or outside)", "被查看人 (空为多人或外部)"), width=24),
    Column("people", Words("People", "人数"), "integer", width=10),
    Column("address", Words("Address", "地址"), width=48),
)
MATRIX_COLUMNS = (
    Column("feature", Words("Feature", "功能"), width=18),
    Column("permission", Words("Permission", "权限"), width=40),
    Column("code", Words("Code", "代码"), width=24),
    *(Column(role, words, width=14) for role, words in ROLES.items()),
)


def grants(rows: _Rows, language: str, about: About, stream: _Stream) -> Written:
    """Write the register of grants as .xlsx."""
    return write_workbook(stream, [Sheet(GRANTS.to(language), GRANT_COLUMNS, rows)], language, about)


def grants_csv(rows: _Rows, language: str, about: About, stream: _Stream) -> Written:
    """Write the register of grants as CSV."""
    return write_csv(stream, GRANT_COLUMNS, rows, language, about.zone)


def looks(rows: _Rows, language: str, about: About, stream: _Stream) -> Written:
    """Write the register of looks at personal data as .xlsx."""
    return write_workbook(stream, [Sheet(LOOKS.to(language), LOOK_COLUMNS, rows)], language, about)


def looks_csv(rows: _Rows, language: str, about: About, stream: _Stream) -> Written:
    """Write the register of looks at personal data as CSV."""
    return write_csv(stream, LOOK_COLUMNS, rows, language, about.zone)


def matrix(rows: _Rows, language: str, about: About, stream: _Stream) -> Written:
    """Write the matrix of roles and permissions as .xlsx."""
    return write_workbook(stream, [Sheet(MATRIX.to(language), MATRIX_COLUMNS, rows)], language, about)


def matrix_csv(rows: _Rows, language: str, about: About, stream: _Stream) -> Written:
    """Write the matrix of roles and permissions as CSV."""
    return write_csv(stream, MATRIX_COLUMNS, rows, language, about.zone)
