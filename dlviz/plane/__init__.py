"""Points of the plane in two classes, and small networks of many depths that learn them side by side."""
