"""Knows what a signature may say, the sentence it is given under, and how it reads; must not know what was signed."""

from dataclasses import dataclass
from datetime import datetime

from qms.rules.accounts import ROLES
from qms.rules.errors import Refused
from qms.rules.words import Words


@dataclass(frozen=True, slots=True)
class Proof:
    """That somebody who is signed in showed once more who they are. Made by one check of a password, never kept."""

    person_id: int
    method: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Signing:
    """What somebody signs with: the proof, the meaning that they were shown, and the language they read it in."""

    proof: Proof | None
    meaning: str | None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a signature says. `statement` is shown before it is given, and kept with it."""

    words: Words
    statement: Words


MEANINGS: dict[str, Meaning] = {
    "review": Meaning(
        Words("Management review approved", "批准管理评审"),
        Words("By entering my password I approve management review {number}: every figure, note and decision of it.",
              "我输入密码即表示批准管理评审 {number} 及其全部数据、记录和决定。")),
    "standard": Meaning(
        Words("Acceptance standard approved", "批准验收标准"),
        Words("By entering my password I approve revision {revision} of acceptance standard {number}, with its "
              "characteristics and limits.",
              "我输入密码即表示批准验收标准 {number} 第 {revision} 版及其检验项目和限值。")),
    "disposition": Meaning(
        Words("Disposition decided", "决定处置"),
        Words("By entering my password I decide what becomes of the held quantity of {number}, line by line as given "
              "here.",
              "我输入密码即表示按此处各行决定 {number} 冻结数量的处置。")),
    "concession": Meaning(
        Words("Concession approved inside", "内部批准让步"),
        Words("By entering my password I approve that concession {number} is put to the customer as it is written.",
              "我输入密码即表示批准将让步 {number} 按所写内容提交顾客。")),
    "authorisation": Meaning(
        Words("Customer's authorisation recorded", "登记顾客授权"),
        Words("By entering my password I confirm that the customer authorised concession {number} as I recorded it.",
              "我输入密码即表示确认顾客已按我登记的内容授权让步 {number}。")),
    "closure": Meaning(
        Words("Corrective action closed", "关闭纠正措施"),
        Words("By entering my password I close corrective action {number}: its causes, measures and proof are as "
              "recorded.",
              "我输入密码即表示关闭纠正措施 {number}, 其原因、措施和验证以记录为准。")),
    "appeal": Meaning(
        Words("Appeal decided", "裁定申诉"),
        Words("By entering my password I decide appeal {number} for the reasons given here.",
              "我输入密码即表示按此处理由裁定申诉 {number}。")),
    "disposal": Meaning(
        Words("Disposal approved", "批准销毁"),
        Words("By entering my password I approve that the records named in {number} are disposed of for good. Their "
              "content cannot be brought back.",
              "我输入密码即表示批准永久销毁 {number} 所列记录。其内容无法恢复。")),
    "origin": Meaning(
        Words("Contested origin decided", "裁定有异议的责任工序"),
        Words("By entering my password I decide where the defect of {number} was made, for the reasons given here.",
              "我输入密码即表示按此处理由裁定 {number} 的责任工序。")),
}
METHODS: dict[str, Words] = {"password": Words("Password entered again", "再次输入密码")}
WRONG = Words("The password is not right. Nothing was signed.", "密码不正确, 未签署。")
VERSION = Words("version", "版本")
BEHALF = Words("on behalf of {}", "代表 {}")
VALID = Words("Valid: what was signed is unchanged", "有效: 所签内容未更改")
VOID = Words("Void since version {rev}: what was signed has changed", "自第 {rev} 版起失效: 所签内容已更改")


@dataclass(frozen=True, slots=True)
class Given:
    """A signature as people read it. `void_since`: version from which what was signed is no longer there; None: valid.

    `role` None: it needed none. `at` is in UTC or in the site's zone, as whoever asked wanted it. `behalf` names those
    on whose behalf it was given, empty where nobody delegated it.
    """

    id: int
    meaning: str
    name: str
    role: str | None
    at: datetime
    method: str
    rev: int
    content_hash: str
    statement: str
    void_since: int | None
    behalf: str = ""

    @property
    def words(self) -> Words:
        """Say what the signature means."""
        return MEANINGS[self.meaning].words

    @property
    def role_words(self) -> Words | None:
        """Name the role by which it was given."""
        return ROLES.get(self.role or "")

    @property
    def method_words(self) -> Words:
        """Say how the signer proved again who they are."""
        return METHODS[self.method]

    @property
    def standing(self) -> Words:
        """Say whether it is valid, or since which version it is void."""
        if self.void_since is None:
            return VALID
        return Words(VOID.en.format(rev=self.void_since), VOID.zh.format(rev=self.void_since))

    def line(self, language: str) -> str:
        """Return it as one line for paper: name, role, meaning, time with zone, version, hash, and how it stands."""
        role = f" ({self.role_words.to(language)})" if self.role_words else ""
        role += f", {BEHALF.to(language).format(self.behalf)}" if self.behalf else ""
        return (f"{self.name}{role}, {self.words.to(language)}, {self.at:%Y-%m-%d %H:%M %Z}".rstrip()
                + f", {VERSION.to(language)} {self.rev}, {self.method_words.to(language)}, "
                  f"SHA-256 {self.content_hash}, {self.standing.to(language)}")


def statement(meaning: str, language: str, **named: object) -> str:
    """Return the sentence under which a signature is given, naming the record."""
    return MEANINGS[meaning].statement.to(language).format(**named)


def check_signing(signing: Signing | None, meaning: str, person_id: int) -> Proof:
    """Return the proof of who signs. Raises Refused (R-45) without one, without the meaning, or with another's."""
    if signing is None or signing.proof is None:
        raise Refused("R-45", "Enter your password to sign this.", "请输入密码以签署。", field="password")
    if signing.meaning != meaning:
        asked = MEANINGS[meaning].words
        raise Refused("R-45", f"Say what you sign, as meaning “{meaning}”: {asked.en}.",
                      f"请说明签署含义 “{meaning}”: {asked.zh}。", field="meaning")
    if signing.proof.person_id != person_id:
        raise Refused("R-45", "Sign with your own password.", "请用本人密码签署。", field="password")
    return signing.proof
