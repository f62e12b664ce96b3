"""Mail out, through the relay of the configuration."""
