"""Packed files and archives of files, read as streams: nothing is ever written out under a name of theirs."""
