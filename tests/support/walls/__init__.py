"""A play of four partners and three customers with random actions, and the judge that watches every row."""
