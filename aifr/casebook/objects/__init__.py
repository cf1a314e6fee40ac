"""Where photos are kept: a folder, Cloud Storage, or S3 and what speaks like it."""
