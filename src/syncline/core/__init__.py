"""Pure data and rules: the words of the design, no input or output."""
