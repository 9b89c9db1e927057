"""What people are written about granular relationships, a file for each language; each has the same names."""
