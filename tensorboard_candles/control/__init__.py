"""What a training process and the dashboard say to one another, as small files beside a run's event files."""
