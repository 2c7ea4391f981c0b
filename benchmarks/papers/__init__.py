"""Invented papers of many kinds and countries, in looks that no lesson of nano has."""
