"""The picture from a pixel to the multiplication: where a unit looks, and the very numbers that made it."""

from dlviz.ui.components.unit.view import unit_view

__all__ = ["unit_view"]
