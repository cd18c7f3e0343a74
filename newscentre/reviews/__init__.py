"""The monthly press review of a secretariat: picked, ordered and commented; a page, a PDF and a mail."""
