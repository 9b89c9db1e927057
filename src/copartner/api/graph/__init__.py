"""Microsoft Graph's contract for granular delegated admin, below /v1.0 and /beta."""
