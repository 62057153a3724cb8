"""Print one hash of the scores that a build published: all columns but the clock and the build.

Usage: python .ci/score_hash.py lead_scoring.duckdb
"""

import sys
from hashlib import sha256

import duckdb

PUBLISHED = ("lead_scores_daily", "prospect_scores")

digest = sha256()
with duckdb.connect(sys.argv[1], read_only=True) as database:
    for table in PUBLISHED:
        columns = "* exclude (scoring_timestamp, build_id)"
        rows = database.sql(f"select {columns} from {table} order by all")  # noqa: S608
        if not (published := rows.fetchall()):
            sys.exit(f"{sys.argv[1]}: {table} is empty, so there is nothing to compare")
        digest.update(repr(published).encode())
sys.stdout.write(digest.hexdigest() + "\n")
