"""Makes mappings and files of inspection results in the shapes of two public sets, with made-up values."""

from qms.imports.mapping_toml import mapping_of

FAULTS = ("Dent", "Z_Mark", "K_Mark")


def content(**changed):
    """The tables of a mapping of lots: quantity, rejected, a defect code, a measured value."""
    made = {
        "source": "made-up",
        "file": {"missing": ["", "?"]},
        "columns": {"lot": "Lot", "time": "At", "quantity": "Pieces", "rejected": "NG", "defect": "Code"},
        "defects": [
            {"code": "A", "en": "Aa", "zh": "甲", "severity": "MI"},
            {"code": "B", "en": "Bb", "zh": "乙", "severity": "CR"},
        ],
        "readings": [{"column": "Width", "unit": "mm"}],
        "site": {"code": "S", "en": "Site", "zh": "厂", "zone": "Asia/Shanghai"},
        "supplier": {"code": "X", "en": "Xx", "zh": "前工序"},
        "customer": {"code": "Y", "en": "Yy", "zh": "后工序"},
        "link": {"en": "Parts", "zh": "零件"},
        "item": {"code": "I", "en": "Item", "zh": "零件"},
        "lot": {"rule": "column"},
    }
    return made | changed


def mapping(**changed):
    return mapping_of(content(**changed))


def flagged(**changed):
    """A mapping of single pieces with two readings and a column for each fault, like the steel plates."""
    return mapping(
        **(
            {
                "file": {"delimiter": "tab", "header": "here", "names": ["w", "h", *FAULTS]},
                "columns": {},
                "time": {"undated": True},
                "marks": {"required": True},
                "defects": [{"code": name, "en": name, "zh": name, "column": name} for name in FAULTS],
                "readings": [{"column": "w", "unit": "px"}, {"column": "h", "unit": "1"}],
                "lot": {"rule": "one", "prefix": "L"},
            }
            | changed
        )
    )


def labelled(**changed):
    """A mapping of pass and fail with a time stamp, like the semiconductor line."""
    return mapping(
        **(
            {
                "file": {"delimiter": "space", "header": "here", "names": ["verdict", "time"]},
                "columns": {"verdict": "verdict", "time": "time"},
                "time": {"format": "d/m/Y H:M:S"},
                "verdict": {"accept": ["-1"], "reject": ["1"], "defect": "A"},
                "readings": [],
                "lot": {"rule": "day", "prefix": "D-"},
            }
            | changed
        )
    )
