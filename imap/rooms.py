"""The portal's own applications, in the order in which they may import from one another, `imap` last."""

ROOMS = ("access", "atlas", "accounts", "search", "indicators", "routes", "profiles", "newscentre", "api", "imap")
