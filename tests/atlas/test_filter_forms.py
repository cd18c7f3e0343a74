"""Filters are forms: their options are drawn from choices, each escaped, the one asked for selected."""

from django.template.loader import render_to_string

from atlas.filter_forms import FilterField, FilterForm
from atlas.models import Subject
from routes.filter_forms import RouteFilterForm


class ColourForm(FilterForm):
    colour = FilterField(label="Colour", all_label="All colours")

    def __init__(self, colour: str):
        super().__init__({"colour": colour}, auto_id="paint-%s")
        self.offer(
            "colour", [("red", "Red"), ("Cold", [("b", 'Blue "<b>"')])], {"red": {"lang": "en", "class": "warm"}}
        )


def drawn(form: FilterForm) -> str:
    return render_to_string("components/fields.html", {"form": form})


def test_options_stand_in_their_groups_with_their_attributes():
    page = drawn(ColourForm(""))
    assert '<label for="paint-colour">Colour</label>' in page.replace("\n      >", ">")
    assert '<select name="colour" id="paint-colour">' in page
    assert '<option value="">All colours</option>' in page
    assert '<option value="red" class="warm" lang="en">Red</option>' in page
    assert '<optgroup label="Cold">' in page and "</optgroup>" in page
    assert "Blue &quot;&lt;b&gt;&quot;</option>" in page and "<b>" not in page


def test_only_what_is_asked_for_is_selected():
    assert "selected" not in drawn(ColourForm(""))
    assert '<option value="red" class="warm" lang="en" selected>' in drawn(ColourForm("red"))
    assert drawn(ColourForm("red")).count("selected") == 1


def test_what_is_no_choice_is_selected_nowhere():
    page = drawn(ColourForm('"><script>'))
    assert "selected" not in page and "script" not in page


def test_a_form_does_not_change_another():
    ColourForm("red")
    plain = FilterField(label="Colour")
    assert plain.widget.option_attributes == {} and ColourForm.base_fields["colour"].choices == [("", "All colours")]


def test_the_map_of_one_route_has_no_choice_of_routes():
    one, two = Subject(slug="west", name="West"), Subject(slug="east", name="East")
    assert list(RouteFilterForm([one]).fields) == ["quarter", "speed", "mode"]
    form = RouteFilterForm([one, two], [("TUN", "Tunisia")])
    assert list(form.fields) == ["quarter", "speed", "route", "mode", "nationality"]
    assert '<option value="1" selected>1</option>' in str(form["speed"]) and " id=" not in str(form["speed"])
