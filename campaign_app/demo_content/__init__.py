"""Holds the invented demo as plain data: petitions, places, events, boards and names."""
