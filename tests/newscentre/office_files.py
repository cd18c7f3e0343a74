"""Office documents of our own making, as small as they can be."""

import io
import zipfile

MAIN = {"docx": "word/document.xml", "pptx": "ppt/presentation.xml", "xlsx": "xl/workbook.xml"}


def office_file(*kinds: str, macros: bool = False) -> bytes:
    """One that says of itself that it is of each of these kinds."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(zipfile.ZipInfo("[Content_Types].xml"), "<Types/>")
        for kind in kinds:
            archive.writestr(zipfile.ZipInfo(MAIN[kind]), "<x/>")  # with no time of its own, which would name tests
            if macros:
                archive.writestr(zipfile.ZipInfo(f"{MAIN[kind].split('/')[0]}/vbaProject.bin"), "x")
    return made.getvalue()
