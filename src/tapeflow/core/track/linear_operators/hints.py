"""What is known of a matrix from what is known of its parts: True, False, or None if it does not follow."""


def combined_non_singular(a, b):
    """Whether a product is non-singular."""
    if a.is_non_singular is False or b.is_non_singular is False:
        return False
    return a.is_non_singular and b.is_non_singular


def commuting_self_adjoint(a, b):
    """Whether the product of matrices that commute is self-adjoint."""
    if a.is_self_adjoint and b.is_self_adjoint:
        return True
    if {a.is_self_adjoint, b.is_self_adjoint} == {True, False}:
        return False
    return None


def commuting_positive_definite(a, b):
    """Whether the product of matrices that commute is positive definite."""
    known = all(x.is_positive_definite is True and x.is_self_adjoint is True for x in (a, b))
    return True if known else None


def square_product(a, b):
    """Whether a product is square."""
    if a.is_square and b.is_square:
        return True
    if a.is_square is False and b.is_square is False:
        return a.range_dimension == b.domain_dimension
    if None not in (a.is_square, b.is_square) and a.is_square != b.is_square:
        return False
    return None


def of_product(a, b):
    """The hints of a product of which nothing special is known, as keywords."""
    square = square_product(a, b)
    if square is False:
        return {"is_non_singular": False, "is_self_adjoint": False, "is_positive_definite": False, "is_square": False}
    non_singular = combined_non_singular(a, b) if square else None
    return {"is_non_singular": non_singular, "is_square": square}


def of_commuting(a, b):
    """The hints of the product of two square matrices that commute, as keywords."""
    return {
        "is_non_singular": combined_non_singular(a, b),
        "is_self_adjoint": commuting_self_adjoint(a, b),
        "is_positive_definite": commuting_positive_definite(a, b),
        "is_square": True,
    }


def same(operator):
    """The hints of what has the properties of `operator`, such as its adjoint, as keywords."""
    return {
        "is_non_singular": operator.is_non_singular,
        "is_self_adjoint": operator.is_self_adjoint,
        "is_positive_definite": operator.is_positive_definite,
        "is_square": True,
    }


def agreed(operator, name, given, message):
    """The operator's hint or the given one, whichever says something.

    Raises:
        ValueError: They contradict each other.
    """
    own = getattr(operator, name)
    if (own is False and given) or (own and given is False):
        raise ValueError(message)
    if own or given:
        return True
    return False if own is False or given is False else None


def all_or_wrong(operators, name, given, message):
    """`given`, or True if the hint is set in all operators.

    Raises:
        ValueError: It is set in all, and `given` is False.
    """
    if not all(getattr(operator, name) for operator in operators):
        return given
    if given is False:
        raise ValueError(message)
    return True
