"""Knows the fields by which records of a tablet are carried in. Knows no record."""

from wtforms import FileField, TextAreaField
from wtforms.validators import Length, Optional

from forms.base import Form, mark


class ByHandForm(Form):
    """A file that a tablet wrote, or codes that it shows, or both."""

    file = FileField(mark("File of the tablet (.json)"), [Optional()],
                     description=mark("Written by “Write to a file” on the tablet."),
                     render_kw={"accept": "application/json,.json"})
    codes = TextAreaField(mark("QR codes"), [Optional(), Length(max=2_000_000)],
                          description=mark("Put the cursor here and scan every code; the order does not matter."),
                          render_kw={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"})

    def file_bytes(self) -> bytes:
        """Return the bytes of the file; empty when none was chosen."""
        read = getattr(self.file.data, "read", None)
        return read() if read is not None else b""
