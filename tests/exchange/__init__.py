"""Content in and out of files: each format, each rule, each way to be interrupted."""
