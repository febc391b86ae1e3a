"""Comparisons for people (`table`) and for programs (`jsonfile`)."""
