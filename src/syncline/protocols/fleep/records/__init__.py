"""Records: one encoder for each type and shape, plain data in, a dict with Fleep's keys out."""
