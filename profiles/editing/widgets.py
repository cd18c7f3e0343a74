"""The field in which the desk writes a text: django-prose-editor with what static/js/prose.js adds.

Without JavaScript it is the plain textarea, with the same HTML in it.
"""

from django import forms
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django_prose_editor.widgets import ProseEditorWidget
from js_asset import Media, Script

from profiles.editing.html import from_editor
from profiles.references import PATTERN
from profiles.texts import clean

GROUPS = [
    {"group": "blockType -lists"},
    {"group": "lists"},
    {"group": "nodes -blockType -lists"},
    {"group": "marks"},
    {"group": "link"},
    {"group": "table"},
    {"group": "history"},
    {"group": "utility"},
]
EXTENSIONS = {
    # The library's own
    **dict.fromkeys(("Bold", "Italic", "BulletList", "ListItem", "Blockquote", "HardBreak", "SpecialCharacters"), True),
    **dict.fromkeys(("TableRow", "TableHeader", "TableCell"), True),
    "Heading": {"levels": [3, 4]},
    "Menu": {"groups": GROUPS},
    "NoSpellCheck": False,
    # From static/js/prose.js, some in place of the library's
    **dict.fromkeys(("Allowed", "Superscript", "Subscript", "Bdi", "Link", "NoteReference", "CitedFigure"), True),
    **dict.fromkeys(("Definition", "Table", "Source", "Words"), True),
    "OrderedList": {"enableListAttributes": False},
}


class DraftTextWidget(ProseEditorWidget):
    template_name = "admin/profiles/draft_text.html"
    figures: list[dict[str, str]]  # to choose from, as profiles.editing.citations.figures_to_choose gives them

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__(attrs, config={"extensions": EXTENSIONS}, preset="configurable")
        self.figures = []

    @property
    def media(self) -> Media:
        return Media(js=[Script("js/prose-words.js", defer=True)]) + super().media

    def get_context(self, name: str, value: str | None, attrs: dict | None) -> dict:
        context = super().get_context(name, value, attrs)
        context["widget"]["words"] = words()
        context["widget"]["citing"] = {"pattern": PATTERN, "figures": self.figures}
        return context


class DraftTextField(forms.CharField):
    def shown(self, written: str) -> SafeString:
        """The text as readers would see it, for comparing what was written with what is saved."""
        return mark_safe(clean(from_editor(written)).replace("\n", ""))


def words() -> dict[str, str]:
    """Titles of the buttons by their names, and the words of the dialogs by the library's own."""
    return {
        "heading3": _("Heading"),
        "heading4": _("Heading of the second level"),
        "paragraph": _("Paragraph"),
        "bulletList": _("List"),
        "orderedList": _("Numbered list"),
        "blockquote": _("Quotation"),
        "definition": _("Definition differs"),
        "bold": _("Bold"),
        "italic": _("Italic"),
        "superscript": _("Superscript"),
        "subscript": _("Subscript"),
        "bdi": _("Name or number in its own direction"),
        "link": _("Link"),
        "unlink": _("Remove the link"),
        "note": _("Footnote"),
        "figure": _("Cite a figure"),
        "Cite a figure": _("Cite a figure"),
        "Figure": _("Figure"),
        "Choose …": _("Choose …"),
        "Reference": _("Reference: indicator/period/source, or subject/indicator/period/source"),
        "table": _("Insert a table"),
        "table:addColumnAfter": _("Add a column"),
        "table:deleteColumn": _("Delete the column"),
        "table:addRowAfter": _("Add a row"),
        "table:deleteRow": _("Delete the row"),
        "table:mergeCells": _("Merge the cells"),
        "table:splitCell": _("Split the cell"),
        "table:toggleHeaderCell": _("Heading cell"),
        "table:deleteTable": _("Delete the table"),
        "table:number": _("Cell with a number"),
        "table:caption": _("Title of the table"),
        "history:undo": _("Undo"),
        "history:redo": _("Redo"),
        "html": _("HTML source"),
        "URL": _("Address of the page"),
        "Language of the linked page": _("Language of the linked page"),
        "Edit Link": _("Link"),
        "Edit HTML": _("HTML source"),
        "Update": _("Apply"),
        "Cancel": _("Cancel"),
    }
