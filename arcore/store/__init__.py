"""The store: engine, transactions, tables by noun, migrations. Only this package knows SQL dialects."""
