"""Where a registry can lie: a folder, or a bucket of Cloud Storage."""
