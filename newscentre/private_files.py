"""Files uploaded by the desk: recognised by content, stored under random names, sent as attachments."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import models
from django.db.models.fields.files import FieldFile
from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.nominations import letters
from atlas.file_names import content_disposition

LARGEST = 40 * 1024 * 1024  # bytes
MOST_PARTS = 5000  # of an Office document
SANDBOX = "sandbox; default-src 'none'"
OPEN_XML = "application/vnd.openxmlformats-officedocument."
CONTENT_TYPES = {
    "pdf": letters.CONTENT_TYPES["pdf"],
    "docx": letters.CONTENT_TYPES["docx"],
    "pptx": f"{OPEN_XML}presentationml.presentation",
    "xlsx": f"{OPEN_XML}spreadsheetml.sheet",
}


def kind_of(content: bytes) -> str | None:
    """`pdf`, `docx`, `pptx` or `xlsx`; None for anything else, for Office documents with macros, and for what is too large.

    Raises `letters.FetchesOthers`.
    """
    if len(content) > LARGEST:
        return None
    if letters.KINDS["pdf"](content):
        return "pdf"
    return letters.office_kind(content, MOST_PARTS)


def validate_file_type(file: File) -> None:
    """A file that is already kept was judged when it came."""
    if isinstance(file, FieldFile) and getattr(file, "_committed", False):
        return
    try:
        is_taken = file.size <= LARGEST and kind_of(_content(file)) is not None
    except letters.FetchesOthers:
        raise ValidationError(letters.SAYS_WHO_READS) from None
    if not is_taken:
        raise ValidationError(_("A PDF, or a Word, PowerPoint or Excel document without macros, of at most 40 MB."))


def _content(file: File) -> bytes:
    file.seek(0)
    content = file.read()
    file.seek(0)
    return content


def kept_path(folder: str, row: "KeptFile", name: str) -> str:
    """Where a file is kept. Its ending is what its content says."""
    return f"{folder}/{timezone.now():%Y}/{secrets.token_hex(16)}.{row.kind_of_file}"


class KeptFile(models.Model):
    """Mixin of rows with a `file`: what kind it is and how large, as known when it was kept."""

    file: Any  # a FileField of the row, since each room keeps its files in a folder of its own
    kind_of_file = models.CharField(_("kind of file"), max_length=4, blank=True, editable=False)
    size = models.PositiveIntegerField(_("size"), default=0, editable=False, help_text=_("in bytes"))

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if self.file and not self.file._committed:
            self.kind_of_file, self.size = kind_of(_content(self.file)) or "", self.file.size
            if not self.kind_of_file:
                raise ValueError("refuse_unknown_file was not asked")
        super().save(*args, **kwargs)

    @property
    def size_kb(self) -> int:
        """Kilobytes of 1,000 bytes, at least one."""
        return max(1, round(self.size / 1000))


def file_response(row: "KeptFile", name: str) -> FileResponse:
    """The file as one to keep, never as a page to show. `name`: what it is called there, without ending."""
    kind = row.kind_of_file
    response = FileResponse(row.file.open("rb"), content_type=CONTENT_TYPES[kind])
    response["Content-Disposition"] = content_disposition(f"{name}.{kind}")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = "private, no-store"
    return response
