"""An operator's own identity provider: people sign in there, and this deployment's tokens follow from what it says."""
