"""What people and scripts get to see: a terminal report, and JSON documents."""
