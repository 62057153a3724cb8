"""Commands that train, search, backtest and report."""
