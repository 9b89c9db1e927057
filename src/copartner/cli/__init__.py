"""The command `copartner`: a file for each of its families of commands."""
