"""Knows what every form does: its language, its version of the record, where a refusal is shown. Knows no record."""

from collections.abc import Callable
from typing import Any

from wtforms import Form as WTForm
from wtforms import HiddenField

from qms.rules.errors import Refused, RuleError, Stale


def mark(message: str) -> str:
    """Mark a message for translation where there is no reader yet."""
    return message


class _Translations:
    """What WTForms asks for its own messages."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        self._translate = translate

    def gettext(self, message: str) -> str:
        return self._translate(message)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return self._translate(singular if n == 1 else plural)


class Form(WTForm):
    """A form in the reader's language. Labels and descriptions are written in English and marked by `mark`."""

    class Meta:
        """Read by WTForms."""

        translate: Callable[[str], str] = staticmethod(mark)

        def get_translations(self, _form: WTForm) -> _Translations:
            return _Translations(self.translate)

    def __init__(self, formdata: Any = None, *, translate: Callable[[str], str] = mark, language: str = "en",
                 **values: Any) -> None:
        super().__init__(formdata, meta={"translate": translate}, **values)
        self.language = language
        self.prefix = str(values.get("prefix", ""))
        self.submitted = formdata is not None
        self.saved = False
        self.refusal: RuleError | None = None
        for field in self:
            field.label.text = translate(field.label.text) if field.label.text else ""
            field.description = translate(field.description) if field.description else ""

    def refuse(self, error: RuleError, language: str) -> None:
        """Put a refusal beside the field it is about, else at the head of the form."""
        self.refusal = error
        field = self._fields.get(error.field) if error.field else None
        if field is not None and not isinstance(error, (Refused, Stale)):
            field.errors = [*field.errors, error.words.to(language)]
            self.refusal = None

    @property
    def ready(self) -> bool:
        """Tell whether the form was submitted and every field's format is right."""
        return self.submitted and self.validate()

    @property
    def status(self) -> int:
        """Return the HTTP status that the page showing this form carries."""
        if isinstance(self.refusal, (Refused, Stale)):
            return 409
        return 422 if self.submitted and (self.errors or self.refusal) else 200

    def values(self) -> dict[str, Any]:
        """Return what was entered, without the version field."""
        return {name: value for name, value in self.data.items() if name != "rev"}


class EditForm(Form):
    """A form that changes a record, and therefore carries the version it was read at."""

    rev = HiddenField()

    @property
    def read_at(self) -> int:
        """Return the version that the editor saw; 0 when it was lost on the way, which is always stale."""
        sent = str(self.rev.data or "")
        return int(sent) if sent.isdecimal() and len(sent) < 10 else 0
