"""What the rules hold, shown: specimens, the golden table of roles, and proofs of the isolation of partners."""
