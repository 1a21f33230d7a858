"""What is wrong with a document, said before the SDK says it, and above all where the SDK says nothing."""

from editor.validation.issues import Fix, Issue, Severity
from editor.validation.validator import Validator, validate

__all__ = ["Fix", "Issue", "Severity", "Validator", "validate"]
