"""The pull request: what a reviewer reads, where it is written, what they decided."""
