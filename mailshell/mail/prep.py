"""SASLprep: the form in which names and passwords outside ASCII are compared (RFC 4013 section 2)."""

from collections.abc import Callable


def prepared(text: str) -> str | None:
    """A name or password as a query string, in its prepared form; None where it has a character that none may have.

    Printable ASCII is its own prepared form.
    """
    if text.isascii():
        return text if text.isprintable() else None
    # Imported here because most names are ASCII, and the tables are big.
    import stringprep
    from unicodedata import ucd_3_2_0

    prohibited: tuple[Callable[[str], bool], ...] = (
        stringprep.in_table_c12,
        stringprep.in_table_c21_c22,
        stringprep.in_table_c3,
        stringprep.in_table_c4,
        stringprep.in_table_c5,
        stringprep.in_table_c6,
        stringprep.in_table_c7,
        stringprep.in_table_c8,
        stringprep.in_table_c9,
    )
    mapped = "".join(
        " " if stringprep.in_table_c12(letter) else letter for letter in text if not stringprep.in_table_b1(letter)
    )
    form = ucd_3_2_0.normalize("NFKC", mapped)
    if any(test(letter) for letter in form for test in prohibited):
        return None
    if any(map(stringprep.in_table_d1, form)) and (
        any(map(stringprep.in_table_d2, form))
        or not (stringprep.in_table_d1(form[0]) and stringprep.in_table_d1(form[-1]))
    ):
        return None  # letters that run to the left stand alone, and at both ends (RFC 3454 section 6)
    return form or None
