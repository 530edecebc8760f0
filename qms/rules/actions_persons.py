"""Knows the words by which a cause blames a person and says nothing else; must not know what follows from it.

Each table holds whole words (English) or parts of a text without spaces (Chinese).
"""

import re
import unicodedata


def _words(table: str) -> tuple[str, ...]:
    return tuple(table.split())


_WHO_ZH = _words("""
操作工 操作者 操作员 作业员 作业者 检验员 质检员 班组长 当事人 责任人 员工 工人 新人 人员 个人 人为 人
""")
_WHO_EN = _words("""
operator operators worker workers employee employees inspector inspectors staff person people man human
personnel somebody someone
""")
_FAULT_ZH = _words("""
操作失误 操作不当 误操作 违规操作 违章作业 责任心不强 责任心不足 责任心差 责任心 质量意识差
质量意识淡薄 质量意识不足 质量意识不强 意识淡薄 意识差 不认真 不仔细 不细心 不小心 注意力不集中 没注意
没有注意 未注意 未按要求 未按规定 未按标准 未按照 未按 没按 不按 未遵守 不遵守 违反 违规 违章 失误 疏忽
疏漏 粗心 大意 马虎 忘记 忘了 遗忘 漏检 漏装 漏做 过失 失职
""")
_FAULT_EN = _words("""
error errors mistake mistakes careless carelessness negligence negligent inattention inattentive forgot
forgotten forgetfulness overlooked disobeyed discipline awareness
""")
_FILLER_ZH = _words("""
作业指导书 操作规程 作业标准 工艺要求 工艺纪律 要求 规定 标准 规程 因为 由于 导致 造成 引起 所致 原因
错误 操作 作业 检验 执行 工作 没有 自己 本人 是 的 了 在 时 没 未 不 而 个 该
""")
_FILLER_EN = _words("""
the a an of by was were is are been has have had to in on at his her their this that and did does do
not no because due work working standard instruction instructions procedure procedures rule rules made
step steps pay attention lack poor failed failure missed ignored follow followed t didn it only just
own
""")

_ENGLISH = frozenset((*_WHO_EN, *_FAULT_EN, *_FILLER_EN))
_CHINESE = sorted((*_WHO_ZH, *_FAULT_ZH, *_FILLER_ZH), key=len, reverse=True)


def names_person_only(text: str) -> bool:
    """Tell whether a text blames a person and says nothing else: who or a slip is named, and no word is left over."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    english = set(re.findall(r"[a-z]+", plain))
    chinese = re.sub(r"[^㐀-鿿豈-﫿]", "", plain)
    blames = bool({*_WHO_EN, *_FAULT_EN} & english) or any(word in chinese for word in (*_WHO_ZH, *_FAULT_ZH))
    return blames and english <= _ENGLISH and not _left(chinese) and not re.search(r"\d", plain)


def _left(chinese: str) -> str:
    """Return what is left of a Chinese text without the words of the tables, the longest taken out first."""
    for word in _CHINESE:
        chinese = chinese.replace(word, "")
    return chinese
