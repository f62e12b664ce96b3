"""Other systems that are told what is said in a conversation."""
