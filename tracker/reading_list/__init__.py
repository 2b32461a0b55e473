"""The reading list: parse it, learn its style, add a line where a maintainer would."""
