"""Everything the station says is said in Chinese too, and nothing is kept that is said no more."""

import json
import re
from pathlib import Path

STATION = Path(__file__).parents[2] / "qms" / "static" / "station"
_SAID = re.compile(r'\bt\(\s*"((?:[^"\\]|\\.)*)"')
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')


def sentences(table: str) -> dict[str, str]:
    text = (STATION / "sentences.js").read_text(encoding="utf-8")
    body = text.split(f"export const {table} = ")[1].split("};")[0] + "}"
    return json.loads(re.sub(r",\s*}$", "}", body.strip()))


def scripts() -> list[str]:
    return [p.read_text(encoding="utf-8") for p in STATION.rglob("*.js") if p.name != "sentences.js"]


def test_every_sentence_has_its_chinese():
    said = {json.loads(f'"{found}"') for text in scripts() for found in _SAID.findall(text)}
    chinese = sentences("CHINESE")
    assert said - set(chinese) == set()
    assert all(re.search(r"[一-鿿]", text) for text in chinese.values())


def test_no_sentence_is_kept_that_nobody_says():
    texts = {json.loads(f'"{found}"') for text in scripts() for found in _TEXT.findall(text)}
    kept = {key for key in sentences("CHINESE") if key.partition(".")[0] not in {"check", "piece", "verdict"}}
    assert kept - texts == set()


def test_both_languages_fill_in_the_same_values():
    for key, text in sentences("CHINESE").items():
        assert set(re.findall(r"\{\w+\}", key)) == set(re.findall(r"\{\w+\}", text)), key
