"""Knows the fields by which photos are put to a record; must not know what a photo file looks like inside."""

from wtforms import MultipleFileField
from wtforms.validators import InputRequired

from forms.base import Form, mark


class PhotosForm(Form):
    """Photos to put to a record."""

    photo = MultipleFileField(
        mark("Photos"), [InputRequired(mark("Choose at least one photo."))],
        description=mark("JPEG, PNG or WebP, at most 12 MiB each. Position and camera details are removed."),
        render_kw={"accept": "image/jpeg,image/png,image/webp"})
