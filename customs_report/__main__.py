"""`python -m customs_report` is the console command."""

from customs_report.cli import main

main()
