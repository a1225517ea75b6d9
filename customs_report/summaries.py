"""Short reprs for notebook and prompt: a title and a few lines, not the whole content."""

from __future__ import annotations

from markupsafe import Markup, escape

Lines = list[tuple[str, str]]  # term and text of each line
LEFT = ' style="text-align:left"'  # JupyterLab right-aligns the text of tables


class Summary:
    """An object with a short repr: a title and a few lines."""

    __slots__ = ()

    def summary(self) -> tuple[str, Lines]:
        """The repr's title and its lines, each a term and a text."""
        raise NotImplementedError

    def __repr__(self) -> str:
        title, lines = self.summary()
        return "\n".join([title, *(f"  {term}: {text}" for term, text in lines)])

    def _repr_html_(self) -> str:
        title, lines = self.summary()
        rows = "".join(f"<tr><th{LEFT}>{escape(term)}</th><td{LEFT}>{escape(text)}</td></tr>" for term, text in lines)
        return Markup("<p><strong>{}</strong></p><table>{}</table>").format(title, Markup(rows))
