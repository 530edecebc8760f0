"""Counts the last rows of a help-desk log with pandas alone, so that the importer is held against something else.

It shares no code with the importer but the mapping's names.
"""

from pathlib import Path

from qms.rules.service_requests_import import RequestMapping, Tally


def plain_count(path: Path, mapping: RequestMapping) -> Tally | None:
    """Count the last row of each request as pandas reads the file; None for a file that pandas does not read so."""
    import pandas as pd

    separators = {"comma": ",", "semicolon": ";", "tab": "\t"}
    if path.suffix.lower() in {".xlsx", ".xlsm"} or mapping.delimiter not in {"auto", *separators}:
        return None
    encoding = "utf-8-sig" if mapping.encoding in {"auto", "utf-8"} else mapping.encoding
    packed = path.read_bytes()[:2] == b"\x1f\x8b"
    names = mapping.columns
    try:
        frame = pd.read_csv(path, sep=separators.get(mapping.delimiter, ","), dtype=str, keep_default_na=False,
                            encoding=encoding, compression="gzip" if packed else None,
                            usecols=[names[r] for r in ("number", "kept", "passed", "reopened") if r in names])
    except (ValueError, UnicodeDecodeError):
        return None
    last = frame.drop_duplicates(names["number"], keep="last")
    zero = pd.Series(0, index=last.index)
    passed = last[names["passed"]].astype(int) if "passed" in names else zero
    reopened = last[names["reopened"]].astype(int) if "reopened" in names else zero
    word = last[names["kept"]] if "kept" in names else pd.Series("", index=last.index)
    return Tally(requests=len(last), kept=int(word.isin(mapping.kept).sum()),
                 missed=int(word.isin(mapping.missed).sum()), passes=int(passed.sum()),
                 passed=int((passed > 0).sum()), reopenings=int(reopened.sum()), reopened=int((reopened > 0).sum()))
