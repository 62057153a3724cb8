"""The model as files: booster, calibration curve, artifact, registry, and its export as SQL."""
