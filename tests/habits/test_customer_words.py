"""In Chinese an outside customer is 顾客 everywhere; 客户 is whoever receives inside: 客户链, 内部客户, 工序客户."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("qms", "forms", "templates", "exports", "docs", "examples", "README.md", "CHANGELOG.md")
OUTSIDE = re.compile(r"外部客户|客户(通知|投诉|特殊要求|计分卡|质量|处|生产线|编号|参考号|授权|认可|批准)|通知客户")
TEXT = {".py", ".html", ".js", ".md", ".po", ".toml"}


@pytest.mark.parametrize("place", PLACES)
def test_an_outside_customer_has_one_word(place: str):
    here = ROOT / place
    paths = [path for path in here.rglob("*") if path.suffix in TEXT] if here.is_dir() else [here]
    found = [f"{path.relative_to(ROOT)}: {hit.group(0)}" for path in paths if "vendor" not in path.parts
             for hit in OUTSIDE.finditer(path.read_text(encoding="utf-8"))]
    assert found == []


@pytest.mark.parametrize("feature", ["dispositions", "customers"])
def test_pages_on_outside_customers_say_no_other_word(feature: str):
    written: list[Path] = [*(ROOT / "qms").rglob(f"{feature}*.py"), *(ROOT / "forms").glob(f"{feature}*.py"),
                           *(ROOT / "exports").glob(f"{feature}*.py"), *(ROOT / "templates" / feature).glob("*.html")]
    texts = {path.name: path.read_text(encoding="utf-8") for path in written}
    assert [called for called, text in texts.items() if re.search(r"(?<![内部序])客户(?!链)", text)] == []
