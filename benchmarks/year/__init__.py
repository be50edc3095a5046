"""A simulated year: what is promised, and what becomes of it."""
