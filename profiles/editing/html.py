"""A text on its way into the desk's editor and back.

The editor's documents know neither captions nor heads of tables, and put a paragraph into every cell and list item.
`for_editor` writes a text as the editor keeps it, `from_editor` as it stands on a page; the second undoes the first.
Pure: no database.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from itertools import takewhile

from profiles.texts import CLASSES, cleaned, cleaner, laid_out

CAPTION = "caption"  # the class of a paragraph that stands for its table's caption
VOID = {"br"}
LISTS = {"ul", "ol"}
ROW_GROUPS = {"thead", "tbody"}
_CLEANER = cleaner(CLASSES | {CAPTION})


@dataclass
class Element:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    def elements(self) -> Iterator["Element"]:
        return (child for child in self.children if isinstance(child, Element))

    def is_caption(self) -> bool:
        return self.tag == "p" and self.attributes.get("class") == CAPTION

    def __str__(self) -> str:
        inside = "".join(map(str, self.children))
        if not self.tag:
            return inside
        attributes = "".join(f' {name}="{escape(value)}"' for name, value in self.attributes.items())
        return f"<{self.tag}{attributes}>" + ("" if self.tag in VOID else f"{inside}</{self.tag}>")


class _Reader(HTMLParser):
    """Reads what the cleaner has written, which is well-formed; references of characters stay as they are."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.root = Element("")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if len(self.open) > 1 and tag not in VOID:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")


def _read(html: str) -> Element:
    reader = _Reader()
    reader.feed(laid_out(cleaned(html, _CLEANER)).replace("\n", ""))
    reader.close()
    return reader.root


def for_editor(html: str) -> str:
    """A text with captions as paragraphs before their tables and all rows in one group."""
    root = _read(html)
    _take_apart(root)
    return laid_out(str(root))


def from_editor(html: str) -> str:
    """What the editor (or a person who wrote HTML into its field) gave back, as a text; still to be cleaned."""
    root = _read(html)
    _put_together(root)
    return laid_out(str(root))


def _take_apart(parent: Element) -> None:
    children: list[Element | str] = []
    for child in parent.children:
        if isinstance(child, Element):
            _take_apart(child)
            if child.tag == "table":
                captions, rows = _captions_and_rows(child)
                children += [Element("p", {"class": CAPTION}, caption.children) for caption in captions]
                child.children = [Element("tbody", {}, list(rows))]
        children.append(child)
    parent.children = children


def _captions_and_rows(table: Element) -> tuple[list[Element], list[Element]]:
    captions = [part for part in table.elements() if part.tag == "caption"]
    groups = [part for part in table.elements() if part.tag in ROW_GROUPS]
    return captions, [row for group in groups for row in group.elements()]


def _put_together(parent: Element) -> None:
    children: list[Element | str] = []
    for child in parent.children:
        if isinstance(child, Element):
            _put_together(child)
            if child.tag == "table":
                before = children[-1] if children else None
                outside = children.pop() if isinstance(before, Element) and before.is_caption() else None
                _set_table(child, outside.children if isinstance(outside, Element) else [])
            elif child.tag in {"td", "th", "li"}:
                _unwrap_paragraph(child)
        children.append(child)
    parent.children = children


def _set_table(table: Element, caption: list[Element | str]) -> None:
    captions, rows = _captions_and_rows(table)
    written = [Element("caption", {}, caption)] if caption else captions[:1]
    head = list(takewhile(_heads_columns, rows))
    body = rows[len(head) :]
    _set_scopes(head, "col")
    _set_scopes(body, "row")
    groups = [Element(tag, {}, list(part)) for tag, part in (("thead", head), ("tbody", body)) if part]
    table.children = [*written, *groups]


def _heads_columns(row: Element) -> bool:
    cells = list(row.elements())
    are_heads = bool(cells) and all(cell.tag == "th" for cell in cells)
    return are_heads and any(cell.attributes.get("scope") not in {"row", "rowgroup"} for cell in cells)


def _set_scopes(rows: list[Element], scope: str) -> None:
    """Heads that the editor made say what they head; those of a row that was moved to the top, too."""
    for cell in (cell for row in rows for cell in row.elements()):
        for span in ("colspan", "rowspan"):
            if cell.attributes.get(span) == "1":
                del cell.attributes[span]
        held = cell.attributes.get("scope")
        if cell.tag == "th" and (not held or (scope == "col" and held == "row")):
            cell.attributes["scope"] = scope


def _unwrap_paragraph(holder: Element) -> None:
    """`<li><p>text</p><ul>…</ul></li>` becomes `<li>text<ul>…</ul></li>`; several paragraphs stay."""
    match holder.children:
        case [Element(tag="p", attributes=attributes, children=inside), *rest]:
            if not attributes and all(isinstance(other, Element) and other.tag in LISTS for other in rest):
                holder.children = [*inside, *rest]
