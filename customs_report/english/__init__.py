"""The language of the reports: how change, lists, names and reasons are said."""
