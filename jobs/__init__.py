"""What the bot does, one file a job, and the ways to start a job."""
