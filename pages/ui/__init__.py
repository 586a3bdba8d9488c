"""The only Streamlit helpers: shell, filters, cached reads, figures as text, charts, tables, drawer, forms."""
