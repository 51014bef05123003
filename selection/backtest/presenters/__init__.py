"""Labels, badges, charts, and tables of the backtest."""
