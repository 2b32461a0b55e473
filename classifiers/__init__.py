"""What belongs on the reading list, and where."""
