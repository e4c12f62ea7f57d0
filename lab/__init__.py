"""Real S3 servers on 127.0.0.1: how each is installed, started, waited for and stopped."""
