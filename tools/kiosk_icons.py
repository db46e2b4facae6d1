"""Draw the tablet's icons: `python -m tools.kiosk_icons`. The same mark as in the pages' tabs."""

from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

INTO: Final = Path(__file__).resolve().parent.parent / "static" / "icons"
NIGHT: Final = "#14213d"
LIGHT: Final = "#f2b134"
#: Drawn larger and made smaller: Pillow's own edges are rough.
FINE: Final = 4
#: The lamp on a field of 32 by 32: its handle, its body.
HANDLE: Final = ((11, 8), (21, 8), (21, 10), (11, 10))
BODY: Final = ((9, 12), (23, 12), (21, 25), (11, 25))


def drawn(size: int, *, round_by: float, share: float) -> Image.Image:
    """Draw the mark; `share` is how much of the field the lamp's own field takes."""
    side = size * FINE
    picture = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((0, 0, side - 1, side - 1), radius=side * round_by, fill=NIGHT)
    scale, edge = side * share / 32, side * (1 - share) / 2
    for shape in (HANDLE, BODY):
        pen.polygon([(edge + x * scale, edge + y * scale) for x, y in shape], fill=LIGHT)
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def write() -> None:
    """Write all icons."""
    INTO.mkdir(exist_ok=True)
    corner = 7 / 32
    _save(drawn(192, round_by=corner, share=1), "kiosk-192.png")
    _save(drawn(512, round_by=corner, share=1), "kiosk-512.png")
    # Cut to any shape by the home screen, so it fills the field and keeps its lamp in the middle.
    _save(drawn(512, round_by=0, share=1.1), "kiosk-maskable-512.png")
    _save(drawn(180, round_by=0, share=1.1), "kiosk-180.png")


def _save(picture: Image.Image, name: str) -> None:
    few = picture.quantize(64, method=Image.Quantize.FASTOCTREE)
    few.save(INTO / name, "PNG", optimize=True)


if __name__ == "__main__":
    write()
