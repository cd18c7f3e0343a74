"""Storage of static files: names contain a hash of the content, files are compressed when collected."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class PortalStaticFilesStorage(CompressedManifestStaticFilesStorage):
    # A module that imports another by a relative address gets the hashed name of that one.
    support_js_module_import_aggregation = True
    manifest_strict = False
