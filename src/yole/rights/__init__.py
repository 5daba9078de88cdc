"""Rights not claimed: find them with the fewest questions, explain them, follow them to the end. The room never decides."""
