"""Detail data: figures by commodity code, partner, customs regime and province, in Parquet files queried with SQL."""
