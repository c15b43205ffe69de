"""What people and programs reach: JSON API, pages, live streams. It reads views and sends commands."""
