"""The board pack: a month of receivables as one value, on paper and as a workbook."""
