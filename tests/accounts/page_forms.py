"""Forms of the desk as a browser reads them off a page: what it would send of them."""

from html.parser import HTMLParser

from django.urls import reverse

from indicators.models import Source
from newscentre.models import Article, Meeting
from routes.models import Layer, Segment


def fields_of(page: str) -> dict[str, list[str]]:
    """What a browser would send of the page's own form, without pressing a button of it."""

    class Reading(HTMLParser):
        def __init__(self):
            super().__init__()
            self.sent: dict[str, list[str]] = {}
            self.form, self.area, self.select = False, None, None

        def handle_starttag(self, tag, attrs):
            found = dict(attrs)
            if tag == "form":
                self.form = "language-switch" not in found.get("class", "") and found.get("id") != "logout-form"
            if not self.form:
                return
            name, kind = found.get("name"), found.get("type", "text")
            if tag == "input" and name and kind not in ("submit", "file", "button"):
                if kind not in ("checkbox", "radio") or "checked" in found:
                    self.sent.setdefault(name, []).append(found.get("value", "on" if kind == "checkbox" else ""))
            elif tag == "textarea" and name:
                self.area, self.sent[name] = name, [""]
            elif tag == "select":
                self.select = name
            elif tag == "option" and self.select and "selected" in found:
                self.sent.setdefault(self.select, []).append(found.get("value", ""))

        def handle_endtag(self, tag):
            if tag == "textarea":
                if self.area:
                    self.sent[self.area] = [self.sent[self.area][0].removeprefix("\n")]
                self.area = None
            elif tag == "select":
                self.select = None
            elif tag == "form":
                self.form = False

        def handle_data(self, data):
            if self.area:
                self.sent[self.area][0] += data

    reading = Reading()
    reading.feed(page)
    return reading.sent


def opened(desk, address: str) -> dict[str, list[str]]:
    answer = desk.get(address)
    assert answer.status_code == 200, address
    return fields_of(answer.content.decode())


def page_of(desk, address: str) -> str:
    answer = desk.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def carried(page: str) -> dict[str, list[str]]:
    """What the form of a page sends of its state, whatever else stands in it."""
    return {name: held for name, held in fields_of(page).items() if name in ("_state", "_shown", "_once")}


def change_of(row) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def rows_with_texts() -> list[tuple]:
    """A row of each kind that two people write at, and a field of its form that each fills otherwise."""
    return [
        (Meeting.objects.filter(dialogue="mtm").first(), "name_en"),
        (Segment.objects.filter(layer__dialogue="mtm").first(), "drawing-0-remark_en"),
        (Source.objects.filter(dialogue="mtm").first(), "name_en"),
        (Layer.objects.filter(dialogue="mtm").first(), "name_en"),
        (Article.objects.filter(feed__dialogue="mtm").first(), "summary_en"),
    ]
