"""The columns that scoring adds: what only the model can say, and what follows from its score.

In the warehouse the second part is left to SQL, where analysts edit the seed of the buckets.
"""

import pyarrow as pa

from python_scoring.explanation.contributions import DRIVERS

_DRIVER_FIELDS = [
    (f"driver_{number}_{part}", kind)
    for number in range(1, DRIVERS + 1)
    for part, kind in (
        ("feature", pa.string()),
        ("value", pa.float64()),
        ("contribution", pa.float64()),
    )
]
_EXPLAINED = [
    *_DRIVER_FIELDS,
    ("narrative", pa.string()),
    ("model_version", pa.string()),
    ("model_sha256", pa.string()),
]
MODEL_SCHEMA = pa.schema(
    [
        ("uncalibrated_score", pa.float64()),
        ("lead_score", pa.float64()),
        ("base_rate", pa.float64()),
        *_EXPLAINED,
    ]
)
SCORE_SCHEMA = pa.schema(
    [
        ("uncalibrated_score", pa.float64()),
        ("lead_score", pa.float64()),
        ("lift_vs_base", pa.float64()),
        ("base_rate", pa.float64()),
        ("score_bucket", pa.string()),
        ("action_recommended", pa.string()),
        *_EXPLAINED,
    ]
)
