"""Knows the fields with which a person uploads a file of complaints. Knows no file."""

from wtforms import FileField, SelectField
from wtforms.validators import InputRequired, Optional

from forms.base import Form, mark
from forms.chain import id_or_none


class ComplaintsUpload(Form):
    """A file of complaints, whose customer's they are, and what is said of its columns."""

    customer_id = SelectField(mark("Customer who complains"), [InputRequired()], coerce=id_or_none, choices=[])
    file = FileField(mark("File of complaints"), [InputRequired()],
                     description=mark("Text with any delimiter, or .xlsx. Nothing is stored before you have seen it."))
    mapping = FileField(mark("Mapping (.toml)"), [Optional()],
                        description=mark("Only where headers are not recognised, or days could be read in two ways."))
