"""Structured logs: one JSON object per line, without cookies, bodies, query strings or personal names."""

import json
import logging
import re
from datetime import UTC, datetime

FIELDS = ("status", "method", "path", "milliseconds", "request_id", "user_id")

# The last word of these addresses lets in whoever knows it, also a reader of logs; mistyped ones are logged as well.
# `tests/imap/test_logs.py` asks for each address that has a key.
WITH_A_KEY = r"accounts/+(?:join|password/+reset/+key)|calendar/+subscriptions|news/+digest/+stop|embed"
KEY = re.compile(rf"((?:{WITH_A_KEY})/+)[^/\s?\"]+", re.IGNORECASE)


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update({name: value for name in FIELDS if (value := getattr(record, name, None)) is not None})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return without_keys(json.dumps(line, ensure_ascii=False, default=str))


def without_keys(text: str) -> str:
    return KEY.sub(r"\1…", text)
