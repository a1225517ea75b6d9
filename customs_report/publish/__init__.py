"""Run a notebook, render it as page and PDF, prove its numbers, keep what was built."""

import sys

# Half of a worker's start: jsonschema (of nbformat) compiles a grammar of IRIs, a format that no notebook has, where it finds one.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
