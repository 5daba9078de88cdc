"""Places of digital help: the directory, its checks, its duplicates, its exports, buses and their stops."""
