"""Run a notebook, render it as page and PDF, prove its numbers, keep what was built."""

import sys

# Half of a worker's start: for IRIs, which no notebook has, jsonschema (of nbformat) would compile a grammar.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
