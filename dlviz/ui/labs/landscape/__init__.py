"""Loss landscape lab: the loss over weights, and the way of a run through it."""
