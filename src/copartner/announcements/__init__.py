"""What changes in the programme, told beforehand to those it concerns."""
