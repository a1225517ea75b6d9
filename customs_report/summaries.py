"""How objects show themselves in a notebook or at a prompt: a title and a few lines, never all that they hold."""

from __future__ import annotations

from markupsafe import Markup, escape

Lines = list[tuple[str, str]]  # what a line is of, and what it says
LEFT = ' style="text-align:left"'  # JupyterLab puts the text of tables at the right


class Summary:
    """An object that says what it is in a title and a few lines."""

    __slots__ = ()

    def summary(self) -> tuple[str, Lines]:
        """Its title and its lines."""
        raise NotImplementedError

    def __repr__(self) -> str:
        title, lines = self.summary()
        return "\n".join([title, *(f"  {term}: {text}" for term, text in lines)])

    def _repr_html_(self) -> str:
        title, lines = self.summary()
        rows = "".join(f"<tr><th{LEFT}>{escape(term)}</th><td{LEFT}>{escape(text)}</td></tr>" for term, text in lines)
        return Markup("<p><strong>{}</strong></p><table>{}</table>").format(title, Markup(rows))
