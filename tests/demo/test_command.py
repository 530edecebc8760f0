"""The command `qms demo`."""

import shutil
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from qms.cli import main
from qms.db import Database
from qms.db.upgrade import upgrade
from qms.demo import sign_ins
from qms.demo.steel import READINGS, load_steel_plates
from qms.models.acceptance import Characteristic, Reading
from qms.rules.accounts import SYSTEM
from qms.rules.badges import grouped
from qms.workflows import accounts, chain
from tests.demo.conftest import KEYS


def run(instance: Path, *more: str) -> Result:
    """Run `qms demo --no-serve` on an instance."""
    env = {"QMS_INSTANCE": str(instance), "QMS_DATABASE_URL": ""}
    return CliRunner().invoke(main, ["demo", "--no-serve", *more], env=env)


def test_a_demo_that_is_there_is_not_made_again(demo_url: str, tmp_path: Path):
    shutil.copy(demo_url.removeprefix("sqlite:///"), tmp_path / "qms.sqlite")
    sign_ins.keep(tmp_path, KEYS)
    before = (tmp_path / "qms.sqlite").read_bytes()
    result = run(tmp_path)
    assert result.exit_code == 0, result.output
    for login, keys in KEYS.items():
        for told in (login, keys.password, grouped(keys.badge), keys.pin):
            assert told in result.output
    assert (tmp_path / "qms.sqlite").read_bytes() == before


def test_a_lost_file_of_passwords_is_told(demo_url: str, tmp_path: Path):
    shutil.copy(demo_url.removeprefix("sqlite:///"), tmp_path / "qms.sqlite")
    result = run(tmp_path)
    assert result.exit_code == 0
    assert "demo-sign-in.txt is gone" in result.output


@pytest.mark.parametrize("has_site", [True, False])
def test_a_database_with_anything_else_is_left_alone(tmp_path: Path, has_site: bool):
    path = tmp_path / "qms.sqlite"
    upgrade(f"sqlite:///{path}")
    database = Database(f"sqlite:///{path}")
    with database.transaction(SYSTEM, "trail.begin") as session:
        accounts.begin(session)
        if has_site:
            chain.add_site(session, SYSTEM, code="SH", name_zh="上海工厂", name_en="Shanghai plant")
    database.dispose()
    before = path.read_bytes()
    result = run(tmp_path)
    assert result.exit_code == 1
    assert "something else than the demo plant" in result.output
    assert path.read_bytes() == before
    assert not (tmp_path / sign_ins.FILE).exists()


def test_keys_are_new_each_time_and_only_the_owner_reads_them(tmp_path: Path):
    first, second = sign_ins.new_keys(), sign_ins.new_keys()
    assert not {keys.badge for keys in first.values()} & {keys.badge for keys in second.values()}
    assert not {keys.password for keys in first.values()} & {keys.password for keys in second.values()}
    sign_ins.keep(tmp_path, first)
    sign_ins.keep(tmp_path, second)
    assert sign_ins.kept(tmp_path) == second
    assert stat.S_IMODE((tmp_path / sign_ins.FILE).stat().st_mode) == 0o600


def test_a_file_of_an_older_demo_tells_its_passwords(tmp_path: Path):
    (tmp_path / sign_ins.FILE).write_text("worker abcd-efgh-2345\n", encoding="utf-8")
    assert sign_ins.kept(tmp_path) == {"worker": sign_ins.Keys("abcd-efgh-2345")}
    assert "abcd-efgh-2345" in "".join(sign_ins.told(sign_ins.kept(tmp_path)))


@pytest.mark.slow
def test_the_first_start_makes_the_whole_demo(tmp_path: Path):
    (tmp_path / "demo-loading").mkdir()
    (tmp_path / "demo-loading" / "qms.sqlite").write_bytes(b"left by a load that was killed")
    result = run(tmp_path, "--weeks", "2")
    assert result.exit_code == 0, result.output
    assert "CC BY 4.0" in result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["demo-sign-in.txt", "photos", "qms.sqlite"]
    again = run(tmp_path)
    assert again.exit_code == 0, again.output


@pytest.mark.slow
def test_the_steel_plates_come_unaltered_into_a_site_marked_as_demo(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'steel.sqlite'}"
    upgrade(url)
    database = Database(url)
    with database.transaction(SYSTEM, "trail.begin") as session:
        accounts.begin(session)
    assert load_steel_plates(database) == 1941
    with database.reading() as session:
        assert [site.demo for site in chain.sites(session, SYSTEM)] == [True]
        kept = session.scalars(select(Characteristic.name_en).where(Characteristic.kind == "measured")).all()
        assert len(kept) == len(READINGS)
        assert session.scalar(select(func.count()).select_from(Reading)) == 1941 * len(READINGS)
    database.dispose()
