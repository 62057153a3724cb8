"""Replays the past: features built from an earlier and a later delivery must be the same."""

from python_scoring.leakage.replay.compare import Comparison, FeatureDifference
from python_scoring.leakage.replay.run import replay_cutoff, replay_deliveries

__all__ = ["Comparison", "FeatureDifference", "replay_cutoff", "replay_deliveries"]
