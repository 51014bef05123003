"""Drawings as lines to compare: each shape and text with its place, size, and class."""

from __future__ import annotations

import xml.etree.ElementTree as ET


def shapes(drawing: str | None) -> list[str]:
    """Return the shapes and texts of a drawing, each on a line: kind, place, size, class, and content."""
    assert drawing is not None
    root, lines = ET.fromstring(drawing), []
    assert root.tag == "svg"
    for element in root.iter():
        at = element.attrib
        match element.tag:
            case "rect":
                size = f"{at['x']},{at['y']} {at['width']}x{at['height']} {at['class']}"
                lines.append(f"rect {size}" + (f" r{at['rx']}" if "rx" in at else ""))
            case "circle":
                lines.append(f"circle {at['cx']},{at['cy']} r{at['r']} {at['class']}")
            case "path":
                lines.append(f"path {at['d']} {at['class']}")
            case "text":
                anchor = f" {at['text-anchor']}" if "text-anchor" in at else ""
                lines.append(f"text {at['x']},{at['y']} {at['class']}{anchor}: {element.text}")
    return lines


def size(drawing: str | None) -> tuple[str, str]:
    assert drawing is not None
    root = ET.fromstring(drawing)
    return str(root.get("width")), str(root.get("height"))
