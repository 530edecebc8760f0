"""Every record table is kept by exactly one class of retention, and what the classes say of columns is true (R-44)."""

from collections import Counter

import qms.models  # noqa: F401
from qms.db import Base, record_classes
from qms.rules.accounts import ROLES
from qms.rules.trail_retention import KINDS
from qms.rules.trail_retention_classes import BESIDE, CLASSES, PARTS, POINTERS, ROOTS


def test_r44_every_record_table_belongs_to_exactly_one_class():
    named = Counter(table for one in CLASSES.values() for table in one.tables)
    assert {table for table, times in named.items() if times > 1} == set()
    assert set(named) == set(record_classes())


def test_the_columns_that_the_classes_name_are_there():
    tables = Base.metadata.tables
    wanted = [(name, column) for name, root in ROOTS.items() for column in (root.start, root.opened)]
    wanted += [(name, column) for name, columns in POINTERS.items() for column in columns]
    wanted += [(name, column) for name in BESIDE for column in ("entity", "entity_id")]
    assert [pair for pair in wanted if pair[1] not in tables[pair[0]].c] == []
    for name, part in PARTS.items():
        key, = tables[name].c[part.column].foreign_keys
        assert key.column.table.name == part.table, name


def test_every_table_that_names_another_by_kind_and_id_is_known_as_such():
    tables = Base.metadata.tables
    naming = {name for name in record_classes()
              if {"entity", "entity_id"} <= set(tables[name].c.keys()) or "record_id" in tables[name].c}
    assert naming == {*POINTERS, *BESIDE, "legal_holds", "disposal_lines", "tombstones"}


def test_every_class_says_who_answers_for_it_and_how_long_it_is_kept():
    for code, one in CLASSES.items():
        assert one.owner in ROLES, code
        assert one.kind in KINDS, code
        assert (one.years is None) == (one.kind == "event"), code
