"""Versions of the rules: changes that operators propose, have checked and approve while the programme runs."""
