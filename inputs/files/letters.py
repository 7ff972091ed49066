"""Column letters and positions."""

from functools import lru_cache


@lru_cache(maxsize=1 << 15)
def column_letters(index: int) -> str:
    """Column position (from 0) to letters: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Letters to column position from 1: A → 1, XFD → 16384."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def address(row: int, column: int) -> str:
    """Address of a cell, both counted from 0: (0, 0) → A1."""
    return f"{column_letters(column)}{row + 1}"
