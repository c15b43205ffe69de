"""What one update of a file may do: add signature fields or fill them. The page that was read is the page signed.

A signature covers its own update, so a validator accepts whatever that update changes as well. Before the first
signature there is nothing else to hold it against, hence this comparison with our own bytes.
"""

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis import SuspiciousModification
from pyhanko.sign.diff_analysis.commons import compare_dicts

from kernel.decider import Refused

CATALOGUE = frozenset({"/AcroForm", "/Perms", "/Extensions", "/Version"})
PAGE = frozenset({"/Annots"})
FORM = frozenset({"/Fields", "/SigFlags", "/DA", "/DR"})
FIELD = frozenset({"/V", "/AP", "/Lock", "/SV", "/F", "/M", "/MK"})


def refuse_other_changes(reader: PdfFileReader, revision: int) -> None:
    """Refuses `not_one_signature` when this revision does more to the one before."""
    before = reader.get_historical_resolver(revision - 1)
    after = reader.get_historical_resolver(revision)
    try:
        for reference in reader.xrefs.explicit_refs_in_revision(revision):
            if not before.is_ref_unassignable(reference):
                _compare(before, after, reference)
        _compare_form(before, after)
    except (SuspiciousModification, PdfReadError) as error:
        raise Refused("not_one_signature", f"{type(error).__name__}: {error}") from None


def _compare(before: HistoricalResolver, after: HistoricalResolver, reference: generic.Reference) -> None:
    """An object that was there already."""
    if reference in _of_the_making(before):
        return
    if reference == before.root_ref:
        compare_dicts(before(reference), after(reference), CATALOGUE)
        return
    old, new = before(reference), after(reference)
    if isinstance(old, generic.ArrayObject) and isinstance(new, generic.ArrayObject):
        _compare_lists(old, new)
        return
    if not isinstance(old, generic.DictionaryObject) or isinstance(old, generic.StreamObject):
        raise SuspiciousModification(f"{reference} was replaced")
    if old.get("/Type") == "/Page":
        compare_dicts(old, new, PAGE)
        _compare_lists(_list(old, "/Annots"), _list(new, "/Annots"))
    elif old.get("/FT") == "/Sig" and "/V" not in old:
        compare_dicts(old, new, FIELD)
    elif "/Fields" in old:
        compare_dicts(old, new, FORM)
    else:
        raise SuspiciousModification(f"{reference} was changed")


def _compare_form(before: HistoricalResolver, after: HistoricalResolver) -> None:
    """Wherever the form stands: its old fields first and unchanged, then signature fields."""
    old, new = _form(before), _form(after)
    compare_dicts(old, new, FORM)
    _compare_lists(_list(old, "/Fields"), _list(new, "/Fields"))


def _compare_lists(old: generic.ArrayObject, new: generic.ArrayObject) -> None:
    kept = [_reference(old, index) for index in range(len(old))]
    if [_reference(new, index) for index in range(min(len(old), len(new)))] != kept:
        raise SuspiciousModification("a list was changed, not added to")
    for index in range(len(old), len(new)):
        added = new[index]
        if not isinstance(added, generic.DictionaryObject) or added.get("/FT") != "/Sig":
            raise SuspiciousModification("something other than a signature field was added")


def _reference(found: generic.ArrayObject, index: int) -> object:
    raw = found.raw_get(index)
    return raw.reference if isinstance(raw, generic.IndirectObject) else raw


def _form(resolver: HistoricalResolver) -> generic.DictionaryObject:
    found = resolver.root.get("/AcroForm")
    return found if isinstance(found, generic.DictionaryObject) else generic.DictionaryObject()


def _list(found: generic.DictionaryObject, key: str) -> generic.ArrayObject:
    value = found.get(key)
    return value if isinstance(value, generic.ArrayObject) else generic.ArrayObject()


def _of_the_making(resolver: HistoricalResolver) -> set[generic.Reference]:
    """Where it says who made the file and when: on no page."""
    found: set[generic.Reference] = set()
    for holder, key in ((resolver.trailer_view, "/Info"), (resolver.root, "/Metadata")):
        if key in holder:
            raw = holder.raw_get(key)
            found |= {raw.reference} if isinstance(raw, generic.IndirectObject) else set()
    return found
