"""Checking any text: its sentences, their figures, what these are about, and the verdicts."""

from customs_report.texts.checking import CheckedText, Finding, check_text

__all__ = ["CheckedText", "Finding", "check_text"]
