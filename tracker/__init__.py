"""The ground floor: papers, the taxonomy, the reading list, the sources, the pull request."""
