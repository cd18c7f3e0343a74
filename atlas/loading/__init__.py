"""One way to load reference data: read, compare, write what differs, say what was done, refuse what is wrong."""

from atlas.loading.loading import Loading
from atlas.loading.tables import RefusedData, TableRow, read_csv, read_toml

__all__ = ["Loading", "RefusedData", "TableRow", "read_csv", "read_toml"]
