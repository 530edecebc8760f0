"""Knows for which functions the members of a review board speak, and what they may say; must not know a review."""

from qms.rules.words import Words

FUNCTIONS: dict[str, Words] = {
    "quality": Words("Quality", "质量"),
    "engineering": Words("Process or design engineering", "工艺或设计"),
    "production": Words("Production", "生产"),
    "purchasing": Words("Purchasing", "采购"),
    "customer_quality": Words("Customer quality", "客户质量"),
}
VOTES: dict[str, Words] = {
    "agree": Words("Agrees", "同意"),
    "disagree": Words("Disagrees", "不同意"),
    "abstain": Words("Abstains", "弃权"),
}
