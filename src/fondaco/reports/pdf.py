"""The report as a PDF on A4, to hand over: the page's words and figures, set for paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from fondaco.numbers import NOTHING, Change
from fondaco.reports.content import Content, Line, Part
from fondaco.reports.drawing import Drawing, draw
from fondaco.reports.fonts import Typeface, typefaces

INK, SOFT, RULE, BAR, THEN = "#16181d", "#636872", "#d9d8d2", "#3f5fdc", "#83868f"
TONES = {"good": "#0b7a55", "bad": "#b8322a", "warn": "#8a5a00"}

_MARGIN, _WIDTH, _HEIGHT = 48.0, 595.28, 841.89
_INNER = _WIDTH - 2 * _MARGIN
_PART_COLUMNS = ("orders", "net_sales", "taxes", "total_sales")
_PRODUCT_COLUMNS = ("units_sold", "orders", "net_sales")


def write_pdf(content: Content, formulas: Mapping[str, str], fonts: Path) -> bytes:
    """The report as bytes of a PDF.

    Parameters
    ----------
    formulas
        In words, by the name of the metric; those of the sums are printed.
    fonts
        The folder with Inter's files; see ``fondaco.reports.fonts``.

    Raises
    ------
    ConfigError
        If the packages that make PDFs are not installed, or the fonts are not there.
    """
    setter = Setter(*typefaces(fonts))
    _, pages = _bound(content, formulas, setter, 0)
    return _bound(content, formulas, setter, pages)[0]


def _bound(content: Content, formulas: Mapping[str, str], setter: Setter, pages: int) -> tuple[bytes, int]:
    """The file, and how many pages it has; ``pages`` stands at the bottom of each, and is known after a first time."""
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    file = BytesIO()
    title = f"Sales report, {content.span.label}"
    document = BaseDocTemplate(
        file, title=f"{title}, {content.merchant}", author=content.merchant, creator="Fondaco", lang="en-GB"
    )
    frame = Frame(_MARGIN, 50, _INNER, _HEIGHT - 50 - 42, 0, 0, 0, 0)
    foot = partial(setter.foot, f"{content.merchant} · {title}", pages)
    document.addPageTemplates(PageTemplate(frames=[frame], pagesize=(_WIDTH, _HEIGHT), onPage=foot))
    document.build(setter.story(content, formulas, title))
    return file.getvalue(), document.page


class Setter:
    """Sets words in type."""

    def __init__(self, regular: Typeface, bold: Typeface) -> None:
        self.regular, self.bold = regular, bold

    def text(
        self, words: str, size: float = 9, *, bold: bool = False, colour: str = INK, right: bool = False
    ) -> Any:
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.platypus import Paragraph

        face = self.bold if bold else self.regular
        style = ParagraphStyle(
            "",
            fontName=face.name,
            fontSize=size,
            leading=size * 1.32,
            textColor=colour,
            alignment=2 if right else 0,
        )
        return Paragraph(face.markup(words), style)

    def change(self, change: Change, *, right: bool = True, after: str = "") -> Any:
        """A change in its verdict's colour; sign and arrow say the same as the colour."""
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.platypus import Paragraph

        arrow = {"up": "↑ ", "down": "↓ "}.get(change.direction, "")
        colour = TONES.get(change.verdict, SOFT)
        style = ParagraphStyle(
            "",
            fontName=self.regular.name,
            fontSize=8,
            leading=11.9,
            textColor=SOFT,
            alignment=2 if right else 0,
        )
        told = f'<font color="{colour}">{self.bold.markup(arrow + change.text)}</font>'
        told = told.replace(f'color="{colour}"', f'color="{colour}" name="{self.bold.name}"', 1)
        return Paragraph(told + self.regular.markup(f" {after}" if after else ""), style)

    def table(
        self, rows: Sequence[Sequence[Any]], widths: Sequence[float], *, sums: Sequence[int] = ()
    ) -> Any:
        from reportlab.platypus import Table

        style: list[tuple[Any, ...]] = [
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("LEFTPADDING", (1, 0), (-1, -1), 8),
            ("TOPPADDING", (0, 0), (-1, -1), 2.4),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.8),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("LINEBELOW", (0, 0), (-1, 0), 0.7, SOFT),
            ("LINEBELOW", (0, 1), (-1, -2), 0.4, RULE),
            *(("LINEABOVE", (0, row), (-1, row), 0.7, SOFT) for row in sums),
        ]
        return Table(rows, widths, style=style, repeatRows=1)

    def titled(self, title: str, *parts: Any) -> Any:
        """A heading that stays with what it is over."""
        from reportlab.platypus import KeepTogether, Spacer

        return KeepTogether([Spacer(0, 13), self.text(title, 11.5, bold=True), Spacer(0, 4), *parts])

    def story(self, content: Content, formulas: Mapping[str, str], title: str) -> list[Any]:
        """All that stands on the pages, from top to bottom."""
        by = "month" if content.span.days > 100 else "day"
        chart = draw(content.course, content.numbers, width=_INNER, height=146, left=44)
        rows = [
            *self.head(content, title),
            self.titled(f"Net sales by {by}", self.legend(content), self.chart(chart)),
            self.titled("From gross to total sales", self.lines(content, content.statement)),
            self.titled("Orders and customers", self.lines(content, content.counts)),
        ]
        if content.money_in:
            rows.append(self.titled("Payments", self.lines(content, content.money_in)))
        if content.shops:
            rows.append(self.titled("Shops", self.parts("Shop", content.shops, content.currency)))
        if content.countries:
            rows += self.long_table("Countries", self.parts("Country", content.countries, content.currency))
        if content.products:
            title = f"Best {len(content.products)} products"
            rows.append(self.titled(title, self.products(content.products)))
        return [*rows, *self.notes(content, formulas)]

    def long_table(self, title: str, table: Any) -> list[Any]:
        """One that may be longer than a page, so that it is not kept together."""
        from reportlab.platypus import CondPageBreak, Spacer

        return [CondPageBreak(110), Spacer(0, 13), self.text(title, 11.5, bold=True), Spacer(0, 4), table]

    def head(self, content: Content, title: str) -> list[Any]:
        from reportlab.platypus import Spacer, Table

        numbers, seal = content.numbers, content.seal
        left = [
            self.text(content.merchant, 9.5, bold=True),
            self.text(title, 20, bold=True),
            self.text(f"{content.span.words(numbers)} · amounts in {content.currency}", 9, colour=SOFT),
        ]
        right = [
            self.text(seal.text, 9, bold=True, colour=TONES.get(seal.tone, INK), right=True),
            self.text(seal.detail or "with the shops’ own reports", 8, colour=SOFT, right=True),
        ]
        plain = [
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
        parts: list[Any] = [Table([[left, right]], [_INNER - 170, 170], style=plain), Spacer(0, 8)]
        for warning in content.warnings:
            ground = [("BACKGROUND", (0, 0), (-1, -1), "#fbf1dc"), ("LEFTPADDING", (0, 0), (-1, -1), 9)]
            parts += [Table([[self.text(warning, 8.5)]], [_INNER], style=ground), Spacer(0, 5)]
        if content.beside:
            parts += [self.text(" ".join(content.beside), 8, colour=SOFT), Spacer(0, 5)]
        chosen = [
            line for line in content.counts if line.name in ("orders", "average_order_value", "customers")
        ]
        cells = [
            [
                self.text(line.label, 8.5, colour=SOFT),
                self.text(line.text, 19 if line is content.net_sales else 14, bold=True),
                self.change(
                    line.change, right=False, after="" if line.before == NOTHING else f"from {line.before}"
                ),
            ]
            for line in (content.net_sales, *chosen)
        ]
        style = [
            *plain[:1],
            ("LINEABOVE", (0, 0), (-1, 0), 0.7, RULE),
            ("LINEBELOW", (0, 0), (-1, 0), 0.7, RULE),
            ("LEFTPADDING", (1, 0), (-1, -1), 10),
            ("LINEBEFORE", (1, 0), (-1, -1), 0.7, RULE),
            ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
            ("TOPPADDING", (0, 0), (-1, -1), 8),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 9),
        ]
        wide = 160.0
        widths = [wide] + [(_INNER - wide) / len(chosen)] * len(chosen)
        return [*parts, Table([cells], widths, style=style)]

    def lines(self, content: Content, lines: Sequence[Line]) -> Any:
        head = (content.span.label, content.before.label, "Change", content.year_before.label, "Change")
        rows: list[list[Any]] = [
            [self.text("", 8), *(self.text(one, 8, colour=SOFT, right=True) for one in head)]
        ]
        rows += [
            [
                self.text(line.label, bold=line.is_sum),
                self.text(line.text, bold=line.is_sum, right=True),
                self.text(line.before, colour=SOFT, right=True),
                self.change(line.change),
                self.text(line.year_before, colour=SOFT, right=True),
                self.change(line.year_change),
            ]
            for line in lines
        ]
        sums = [place for place, line in enumerate(lines, 1) if line.is_sum]
        return self.table(rows, [_INNER - 5 * 76, *([76.0] * 5)], sums=sums)

    def parts(self, noun: str, parts: Sequence[Part], currency: str) -> Any:
        head = ("Orders", "Net sales", "Taxes", "Total sales", "Share")
        rows: list[list[Any]] = [
            [self.text(noun, 8, colour=SOFT), *(self.text(one, 8, colour=SOFT, right=True) for one in head)]
        ]
        for part in parts:
            other = f" ({part.detail})" if part.detail and part.detail != currency else ""
            figures = [self.text(part.texts[name], right=True) for name in _PART_COLUMNS]
            rows.append(
                [self.text(part.name + other), *figures, self.text(part.share, colour=SOFT, right=True)]
            )
        return self.table(rows, [_INNER - 50 - 3 * 80 - 48, 50, 80, 80, 80, 48])

    def products(self, parts: Sequence[Part]) -> Any:
        head = ("Units", "Orders", "Net sales", "Share", "Change")
        rows: list[list[Any]] = [
            [
                self.text("Product", 8, colour=SOFT),
                *(self.text(one, 8, colour=SOFT, right=True) for one in head),
            ]
        ]
        for part in parts:
            figures = [self.text(part.texts[name], right=True) for name in _PRODUCT_COLUMNS]
            share = self.text(part.share, colour=SOFT, right=True)
            name = f"{part.name} ({part.detail})" if part.detail else part.name
            rows.append([self.text(name), *figures, share, self.change(part.change)])
        return self.table(rows, [_INNER - 2 * 50 - 80 - 48 - 66, 50, 50, 80, 48, 66])

    def notes(self, content: Content, formulas: Mapping[str, str]) -> list[Any]:
        from reportlab.platypus import Spacer

        sums = " ".join(f"{line.label} = {formulas[line.name]}." for line in content.statement if line.is_sum)
        told = (
            "A return or a change counts on the day it happened, as the books do. Amounts in other currencies are converted "
            "with the rate of the day on which each thing happened. Customers are those who ordered, also where it was cancelled "
            f"since. {content.seal.left_out}".strip(),
            f"{sums} Written by Fondaco on {content.numbers.instant(content.made_at)}.",
        )
        return [Spacer(0, 12), *(self.text(one, 7.5, colour=SOFT) for one in told)]

    def legend(self, content: Content) -> Any:
        from reportlab.graphics.shapes import Drawing as Field
        from reportlab.graphics.shapes import Line as Stroke
        from reportlab.graphics.shapes import Rect
        from reportlab.lib.colors import HexColor
        from reportlab.platypus import Table

        def sign(shape: Any) -> Any:
            field = Field(14, 8)
            field.add(shape)
            return field

        now = sign(Rect(1, 0, 9, 8, fillColor=HexColor(BAR), strokeColor=None))
        then = sign(Stroke(0, 4, 14, 4, strokeColor=HexColor(THEN), strokeDashArray=[3, 2]))
        words = [self.text(span.label, 8, colour=SOFT) for span in (content.span, content.before)]
        if all(step.before is None for step in content.course):  # nothing is drawn of it
            then, words[1] = "", ""
        style = [
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
        ]
        return Table([[now, words[0], then, words[1]]], [18, 96, 22, 96], style=style, hAlign="LEFT")

    def chart(self, drawn: Drawing) -> Any:
        """The same geometry as on the page; a PDF counts upwards."""
        from reportlab.graphics.shapes import Drawing as Field
        from reportlab.graphics.shapes import Line as Stroke
        from reportlab.graphics.shapes import PolyLine, Rect, String
        from reportlab.lib.colors import HexColor

        field, high = Field(drawn.width, drawn.height), drawn.height
        font = {"fontName": self.regular.name, "fontSize": 7.5, "fillColor": HexColor(SOFT)}
        for mark in drawn.grid:
            at = high - mark.at
            field.add(Stroke(drawn.left, at, drawn.width, at, strokeColor=HexColor(RULE), strokeWidth=0.5))
            field.add(String(drawn.left - 6, at - 2.5, mark.text, textAnchor="end", **font))
        for bar in drawn.bars:
            place = (bar.x, high - bar.y - bar.height, bar.width, bar.height)
            field.add(Rect(*place, fillColor=HexColor(BAR), strokeColor=None))
        for line in drawn.lines:
            points = [value for x, y in line for value in (x, high - y)]
            field.add(PolyLine(points, strokeColor=HexColor(THEN), strokeWidth=1, strokeDashArray=[3, 2]))
        nought = high - drawn.nought
        field.add(
            Stroke(drawn.left, nought, drawn.width, nought, strokeColor=HexColor(THEN), strokeWidth=0.7)
        )
        for mark in drawn.ticks:
            field.add(String(mark.at, 4, mark.text, textAnchor="middle", **font))
        return field

    def foot(self, words: str, pages: int, canvas: Any, document: Any) -> None:
        """At the bottom of every page: whose report of what it is, and the page."""
        for text, x, right in (
            (words, _MARGIN, False),
            (f"Page {document.page} of {pages}", _WIDTH - _MARGIN - 80, True),
        ):
            line = self.text(text, 7.5, colour=SOFT, right=right)
            line.wrapOn(canvas, 80 if right else _INNER - 90, 20)
            line.drawOn(canvas, x, 28)
