"""The Convolution lab's parts: its state, its picture and kernel, one run, and the stepper."""
