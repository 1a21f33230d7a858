"""Measurements of what the program promises, each beside what the machine itself can do."""
