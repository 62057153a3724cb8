"""What sales reads of a day: the daily batch, the summary of a build, the prospect call list."""
