"""Official procedure sheets: dated, checked, searched in people's words; the answer is a quotation."""
