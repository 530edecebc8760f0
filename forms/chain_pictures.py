"""Knows the fields of pictures and of the zones drawn on them; must not know what a photo file looks like inside."""

from typing import Any

from wtforms import FileField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from forms.base import EditForm, Form, mark
from forms.chain import id_or_none, worded
from qms.rules.pictures import LONGEST_ZONE, ROLES, SMALLEST_SIDE, WHOLE, WHOLE_SIDE, Frame

_START = NumberRange(0, WHOLE_SIDE)
_LENGTH = NumberRange(SMALLEST_SIDE, WHOLE_SIDE)
SIDES = ("x", "y", "width", "height")


class FrameFields(Form):
    """A frame on a picture, in thousandths of its width and height."""

    x = IntegerField(mark("From the left"), [InputRequired(), _START], default=WHOLE.x)
    y = IntegerField(mark("From the top"), [InputRequired(), _START], default=WHOLE.y)
    width = IntegerField(mark("Width"), [InputRequired(), _LENGTH], default=WHOLE.width)
    height = IntegerField(mark("Height"), [InputRequired(), _LENGTH], default=WHOLE.height)

    @property
    def frame(self) -> Frame:
        """Return the frame that was drawn."""
        return Frame(*(self[side].data for side in SIDES))


class PictureForm(FrameFields):
    """A picture to be added, and the part of it that is kept."""

    role = SelectField(mark("What it shows"), [InputRequired()])
    defect_id = SelectField(mark("With which defect"), coerce=id_or_none, choices=[])
    photo = FileField(mark("Picture"), [InputRequired(mark("Choose a picture."))],
                      description=mark("JPEG, PNG or WebP, at most 12 MiB. Position and camera details are removed."),
                      render_kw={"accept": "image/jpeg,image/png,image/webp"})

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.role.choices = worded(ROLES, self.language)


class ZoneForm(FrameFields, EditForm):
    """A zone of an item: where on the picture, and what it is called."""

    name_zh = StringField(mark("Chinese name"), [Length(max=LONGEST_ZONE)])
    name_en = StringField(mark("English name"), [Length(max=LONGEST_ZONE)])
