"""The commands of `tracker`: each parses, calls one job and shows its result.

Only click is imported here; a job is imported by the command that runs it, so that
`tracker --help` answers at once.
"""
