"""Structured logs: one JSON object a line, with the fields that Cloud Logging reads."""

import json
import logging
import sys
from traceback import format_tb


class CloudFormatter(logging.Formatter):
    """Writes severity, message, and the fields of the record.

    Of an exception its type and its place in the code, but not its text: that may quote a lead.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return one line of JSON."""
        line = {"severity": record.levelname, "message": record.getMessage()}
        line |= getattr(record, "told", {})
        kind, _, trace = record.exc_info or (None, None, None)
        if kind:
            line |= {"exception": kind.__name__, "stack": "".join(format_tb(trace))}
        return json.dumps(line, ensure_ascii=False)


def log_to_stdout(logger: logging.Logger) -> None:
    """Let a logger write such lines, from INFO up."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(CloudFormatter())
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
