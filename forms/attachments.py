"""Knows the fields by which photos and files are put to a record; must not know what a photo file looks like inside."""

from wtforms import MultipleFileField
from wtforms.validators import InputRequired

from forms.base import Form, mark


class PhotosForm(Form):
    """Photos to put to a record."""

    photo = MultipleFileField(
        mark("Photos"), [InputRequired(mark("Choose at least one photo."))],
        description=mark("JPEG, PNG or WebP, at most 12 MiB each. Position and camera details are removed."),
        render_kw={"accept": "image/jpeg,image/png,image/webp"})


class FilesForm(Form):
    """PDF files to put to a record."""

    file = MultipleFileField(
        mark("Files"), [InputRequired(mark("Choose at least one file."))],
        description=mark("PDF, at most 10 MiB each. They are kept as they are and only ever downloaded."),
        render_kw={"accept": "application/pdf"})
