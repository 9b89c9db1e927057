"""The deployment as its operator sees it: tenants and the businesses behind them, what waits, and how all stands."""
