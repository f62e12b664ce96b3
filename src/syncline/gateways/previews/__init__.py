"""Pages of other servers, asked for what they say of themselves."""
