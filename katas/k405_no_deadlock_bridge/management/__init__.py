"""Commands of this kata. Given."""
