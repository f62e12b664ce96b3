"""What users do, once for all protocols: a package a noun."""
