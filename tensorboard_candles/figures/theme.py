"""How figures look on paper: sizes in millimetres and points, and colours that survive a grey printer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from tensorboard_candles.errors import BadRequest

Font = Literal["sans", "serif"]

FAMILIES: dict[Font, str] = {
    "sans": "Helvetica, Arial, Liberation Sans, sans-serif",
    "serif": "Times New Roman, Times, Liberation Serif, serif",
}
"""Those that papers are set in, and fonts of the same widths on machines without them."""
COLUMN_MM = {1: 85.0, 2: 178.0}
"""What journals and conferences of two columns have room for: at most 88 mm and 180 mm."""
_PX_PER_MM = 96 / 25.4
_PX_PER_PT = 96 / 72

INK = "#1a1a1a"
MUTED = "#595959"
GRID = "#e0e0e0"
BETTER = "#004488"
WORSE = "#bb5566"
LINES = ("#004488", "#bb5566", "#997700", "#009988", "#aa3377", "#555555")
"""By Tol's schemes for the colour-blind (personal.sron.nl/~pault), each 3:1 on white or more."""
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
"""A line has its own beside its colour."""
MARKERS = ("circle", "diamond", "square", "cross", "x", "circle-open")
"""Those that there are in 3-D, too."""
SEQUENTIAL = "Cividis"
"""Rises evenly in lightness, for every kind of colour vision (Nuñez et al. 2018)."""
DIVERGING = ((0.0, "#004488"), (0.5, "#ffffff"), (1.0, "#bb5566"))


@dataclass(frozen=True, slots=True)
class Theme:
    """Size, font and line width of a figure.

    >>> Theme(columns=1).width_px, Theme(columns=1, font="serif").family.split(",")[0]
    (321, 'Times New Roman')

    Args:
        columns: the columns of the paper that it goes over, 1 or 2.
        font: `sans` or `serif`.
        font_pt: size of its text, in points; 9 over two columns, 7 in one.
        line_pt: width of its lines, in points.
        width_mm: another width than the columns'.
        height_mm: another height than the figure's own.
    """

    columns: Literal[1, 2] = 2
    font: Font = "sans"
    font_pt: float | None = None
    line_pt: float = 1.0
    width_mm: float | None = None
    height_mm: float | None = None

    def __post_init__(self) -> None:
        if self.columns not in COLUMN_MM:
            raise BadRequest(f"columns must be 1 or 2, got {self.columns!r}")
        if self.font not in FAMILIES:
            raise BadRequest(f"font must be one of {', '.join(FAMILIES)}, got {self.font!r}")
        for name in ("font_pt", "line_pt", "width_mm", "height_mm"):
            number = getattr(self, name)
            if number is not None and not 0 < number < 2000:
                raise BadRequest(f"{name} must be > 0 and < 2000, got {number!r}")

    @property
    def family(self) -> str:
        return FAMILIES[self.font]

    @property
    def width_px(self) -> int:
        """Width in CSS pixels, 96 an inch."""
        return round((self.width_mm or COLUMN_MM[self.columns]) * _PX_PER_MM)

    def height_px(self, aspect: float) -> int:
        """Height in CSS pixels of a figure `aspect` times as wide as it is high."""
        return round(self.height_mm * _PX_PER_MM) if self.height_mm else round(self.width_px / aspect)

    @property
    def font_px(self) -> float:
        return (self.font_pt or (7.0 if self.columns == 1 else 9.0)) * _PX_PER_PT

    @property
    def small_px(self) -> float:
        """Of ticks and notes."""
        return self.font_px * 8 / 9

    @property
    def line_px(self) -> float:
        return self.line_pt * _PX_PER_PT

    @property
    def is_wide(self) -> bool:
        """Is there room beside what is drawn?"""
        return self.width_px >= 480

    def line(self, number: int) -> dict[str, Any]:
        """Colour and dashes of the n-th line of a figure.

        >>> Theme().line(1)
        {'color': '#bb5566', 'dash': 'dash', 'width': 1.3333333333333333}
        """
        dash = DASHES[(number + number // len(LINES)) % len(DASHES)]
        return {"color": LINES[number % len(LINES)], "dash": dash, "width": self.line_px}

    def smaller(self, share: float) -> Theme:
        """The same with text that is smaller, where there is very much of it."""
        return replace(self, font_pt=self.font_px / _PX_PER_PT * share)
