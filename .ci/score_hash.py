"""Print one hash of the scores that a build published: every column of every row but the clock's.

Usage: python .ci/score_hash.py lead_scoring.duckdb
"""

import sys
from hashlib import sha256

import duckdb

PUBLISHED = ("lead_scores_daily", "prospect_scores")

digest = sha256()
with duckdb.connect(sys.argv[1], read_only=True) as database:
    for table in PUBLISHED:
        rows = database.sql(f"select * exclude (scoring_timestamp) from {table} order by all")  # noqa: S608
        if not (published := rows.fetchall()):
            sys.exit(f"{sys.argv[1]}: {table} is empty, so there is nothing to compare")
        digest.update(repr(published).encode())
sys.stdout.write(digest.hexdigest() + "\n")
