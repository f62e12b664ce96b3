"""Hooks as Fleep's clients and other systems know them (Fleep reference 2.8)."""
