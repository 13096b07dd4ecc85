"""How good search is: known items, found again by what people may remember of them."""
