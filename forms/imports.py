"""Knows the fields with which a person uploads a file and says what it means. Knows no file."""

from typing import Any, ClassVar

from wtforms import DateField, FieldList, FileField, FormField, SelectField, StringField, TextAreaField
from wtforms import Form as PlainForm
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from forms.base import EditForm, Form, mark
from qms.rules.words import Words

ENCODINGS = {
    "auto": Words("Recognise it", "自动识别"),
    "utf-8": Words("UTF-8", "UTF-8"),
    "gb18030": Words("GB18030, GBK", "GB18030、GBK"),
    "cp1252": Words("Windows, Western", "Windows 西欧 (1252)"),
}
HEADERS = {
    "first-line": Words("The first line", "第一行"),
    "beside": Words("The file of column names", "列名文件"),
    "none": Words("Nothing: number the columns", "无列名，按序号命名"),
}
ROLES = {
    "": Words("Not used", "不使用"),
    "verdict": Words("Verdict", "判定"),
    "time": Words("Time", "时间"),
    "lot": Words("Lot", "批次"),
    "piece": Words("Piece or serial number", "件号或序列号"),
    "item": Words("Item", "产品"),
    "quantity": Words("Pieces", "件数"),
    "rejected": Words("Rejected pieces", "拒收件数"),
    "defect": Words("Holds defect codes", "缺陷代码"),
    "mark": Words("Marks one defect (give its code)", "标记某一缺陷（填代码）"),
    "reading": Words("Measured value (give its unit)", "测量值（填单位）"),
}
LOT_RULES = {
    "one": Words("All rows are one lot", "全部为一批"),
    "day": Words("One lot a day", "每天一批"),
    "month": Words("One lot a month", "每月一批"),
    "pieces": Words("A lot every so many pieces", "每若干件一批"),
}


def id_or_none(value: Any) -> int | None:
    """Read a record's id; None for nothing or no id."""
    text = str(value or "")
    return int(text) if text.isdecimal() and len(text) <= 18 else None


class InspectionsUpload(Form):
    """A file of inspection results, and what is known of it already."""

    file = FileField(mark("File of inspection results"), [InputRequired()],
                     description=mark("Text with any delimiter, or .xlsx. Nothing is stored before you have seen it."))
    mapping = FileField(mark("Mapping (.toml)"), [Optional()],
                        description=mark("Without one you say on the next page what the columns mean."))
    names = FileField(mark("File of column names"), [Optional()],
                      description=mark("Only when the names of the columns stand in a file of their own."))


class ProductionUpload(Form):
    """A production log of a site."""

    file = FileField(mark("Production log"), [InputRequired()],
                     description=mark("Text with any delimiter, or .xlsx. Nothing is stored before you have seen it."))
    site_id = SelectField(mark("Site"), [InputRequired()], coerce=id_or_none, choices=[],
                          description=mark("Its time zone is the clock that the log's time stamps were read from."))
    time_format = StringField(
        mark("Time format"), [Optional(), Length(max=40)],
        description=mark("Empty: 2012/01/29 23:24:00.000 and alike. Else the letters Y m d H M S f, as in d.m.Y H:M."))
    encoding = SelectField(mark("Encoding"), choices=[])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.encoding.choices = [SelectChoice(code, word.to(self.language)) for code, word in ENCODINGS.items()]


class RequestsUpload(Form):
    """A help-desk log, and the mapping that says what its columns mean."""

    file = FileField(mark("Help-desk log"), [InputRequired()],
                     description=mark("One row per update; text with any delimiter, .gz or .xlsx. Nothing is stored "
                                      "before you have seen it."))
    mapping = FileField(mark("Mapping (.toml)"), [InputRequired()],
                        description=mark("Which column is the provider, the asking unit, the verdict, and so on."))


class ColumnForm(PlainForm):
    """What one column means."""

    role = SelectField(mark("Meaning"), choices=[], validate_choice=True)
    more = StringField(mark("Code or unit"), [Length(max=40)])


class ColumnsForm(Form):
    """What the columns of a file mean, and where its rows belong in the chain."""

    vocabularies: ClassVar[dict[str, dict[str, Words]]] = {"header": HEADERS, "lot_rule": LOT_RULES}

    link_id = SelectField(mark("Link"), [InputRequired()], coerce=id_or_none, choices=[],
                          description=mark("Who hands over to whom: the customer inspects."))
    item_id = SelectField(mark("Item"), [Optional()], coerce=id_or_none, choices=[],
                          description=mark("Leave empty when a column names it."))
    source = StringField(mark("Name of the source"), [Optional(), Length(max=36)],
                         description=mark("Equal rows of one source are stored once. Empty: the source is the link."))
    header = SelectField(mark("Column names stand in"), choices=[])
    time_format = StringField(mark("Time format"), [Optional(), Length(max=40)],
                              description=mark("Letters Y m d H M S, as in d/m/Y H:M:S. Empty: the year comes first."))
    fixed = DateField(mark("Day of all rows"), [Optional()],
                      description=mark("Only when no column holds the time. Empty: the rows carry no date."))
    accept = StringField(mark("Words that accept"), [Length(max=200)], description=mark("Separated by spaces: OK pass"))
    reject = StringField(mark("Words that reject"), [Length(max=200)], description=mark("Separated by spaces: NG fail"))
    defect = StringField(mark("Defect code of a rejection that names none"), [Length(max=40)])
    lot_rule = SelectField(mark("Lots"), choices=[], description=mark("When no column names the lot."))
    lot_prefix = StringField(mark("Lot numbers begin with"), [Length(max=40)])
    lot_size = StringField(mark("Pieces in a lot"), [Length(max=6)])
    columns: Any = FieldList(FormField(ColumnForm))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        for name, words in self.vocabularies.items():
            field: Any = self[name]
            field.choices = [SelectChoice(code, word.to(self.language)) for code, word in words.items()]
        for column in self.columns:
            column.form.role.choices = [SelectChoice(code, word.to(self.language)) for code, word in ROLES.items()]


class MappingForm(Form):
    """A mapping as text."""

    toml = TextAreaField(mark("Mapping"), [InputRequired(), Length(max=200_000)])


class RunForm(Form):
    """The decision to import what the preview showed."""


class DoubleForm(EditForm):
    """Why a report that repeats another one is the same report twice."""

    reason = TextAreaField(mark("How do you know that it is the same report"), [DataRequired(), Length(max=500)])
