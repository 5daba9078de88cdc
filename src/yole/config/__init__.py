"""Settings (one file), addresses, web entry point, system checks."""
