"""The portal's own packages, in the order in which they may import from one another, `imap` last; all but the first are
applications of Django."""

ROOMS = (
    "untrusted",
    "access",
    "atlas",
    "accounts",
    "search",
    "indicators",
    "routes",
    "profiles",
    "newscentre",
    "api",
    "imap",
)
