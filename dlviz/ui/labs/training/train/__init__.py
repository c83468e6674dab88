"""The view Train of the Training lab: choose, start, watch and steer a run."""
