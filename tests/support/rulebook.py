"""The shipped rulebook, read once a process: reading it anew costs every file of tests a second."""

from copartner.policy.rulebook import Rulebook

RULEBOOK = Rulebook.load()
