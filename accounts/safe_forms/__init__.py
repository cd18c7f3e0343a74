"""What every form of the admin has: no older state overwrites a newer one, each refusal of the database is a sentence,
only rows of the desk's own are offered, and a form that is sent twice is done once. Put on by `imap.admin`."""
