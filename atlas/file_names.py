"""File names of downloads, in a Content-Disposition header that no name can break."""

from django.utils.http import content_disposition_header

from untrusted.characters import clean_line


def content_disposition(name: str, *, as_attachment: bool = True) -> str:
    """The header Content-Disposition for a file of that name, ending included."""
    on_one_line = " ".join(clean_line(name).split()).replace("/", "-").replace("\\", "-")
    return content_disposition_header(as_attachment, on_one_line) or "attachment"
