"""What is claimed about speed, measured with the peers in the same run."""
