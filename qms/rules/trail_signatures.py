"""Knows what a signature may say; must not know what was signed."""

from qms.rules.words import Words

MEANINGS: dict[str, Words] = {
    "review": Words("Management review approved", "批准管理评审"),
}
WRONG = Words("The password is not right. Nothing was signed.", "密码不正确, 未签署。")
