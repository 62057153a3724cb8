"""Learns a model: hyperparameters, calibration, backtest, and the gates of a promotion."""
