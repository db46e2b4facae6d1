"""Reads our stylesheets: their colours by name, in light and in dark, and their rules."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = ROOT / "static" / "css"
PAGES: Final = ("public.css", "console.css")
ALL: Final = tuple(sorted(path.name for path in FOLDER.glob("*.css")))
DARK: Final = "@media (prefers-color-scheme: dark)"

Colours = dict[str, str]


@dataclass(frozen=True, slots=True)
class Declaration:
    """One `property: value` of a stylesheet."""

    name: str
    value: str


def source(name: str) -> str:
    """Read a stylesheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", (FOLDER / name).read_text("utf-8"), flags=re.S)


def declarations(name: str) -> list[Declaration]:
    """List every declaration of a stylesheet."""
    found = re.findall(r"[{;]\s*([a-z-]+)\s*:\s*([^;{}]+)(?=[;}])", source(name))
    return [Declaration(key, value.strip()) for key, value in found]


def colours(name: str, *, dark: bool) -> Colours:
    """Give the colour tokens of a scheme; dark ones stand upon the light ones."""
    css = source(name)
    light_part, dark_part = css.split(DARK, 1)
    found = _tokens(light_part)
    return found | _tokens(dark_part.split("}", 1)[0]) if dark else found


def _tokens(css: str) -> Colours:
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", css))


def contrast(one: str, other: str) -> float:
    """Compute the WCAG contrast ratio of two colours."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (_linear(part) for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
