"""What commands that move content say of it: counts, remarks, and what becomes of one file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from content_repo.model import Kind

if TYPE_CHECKING:
    from hal_delivery.exchange.orders import Imported
    from hal_delivery.exchange.plan import Plan, Remark

#: Remarks that are printed; a site of broken files would bury all else.
_SHOWN: Final = 50

_NOUNS: Final = {
    Kind.DOCUMENT: ("document", "documents"),
    Kind.FOLDER: ("folder", "folders"),
    Kind.BUNDLE: ("resource bundle", "resource bundles"),
    Kind.TAXONOMY: ("taxonomy", "taxonomies"),
    Kind.ASSET: ("asset", "assets"),
}


def counted(number: int, singular: str, plural: str = "") -> str:
    """*number* things, as one says it.

    >>> counted(1, "file"), counted(0, "file"), counted(1200, "taxonomy", "taxonomies")
    ('1 file', '0 files', '1,200 taxonomies')
    """
    return f"{number:,} {singular if number == 1 else plural or f'{singular}s'}"


def explained(plan: Plan, file: str) -> str:
    """What becomes of *file*, a path within the source, and by which reading of it."""
    file = file.removeprefix("./")
    for entry in plan.entries:
        for one in entry.sources:
            if one.path == file:
                facts = {
                    "becomes": entry.kind.value,
                    "read as": entry.role.value,
                    "at": entry.path,
                    "locale": one.locale or entry.locale or "none",
                    "translations share": entry.group or "none",
                    "key": entry.key or "none",
                }
                return "\n".join([file, *(f"  {name}: {value}" for name, value in facts.items())])
    for remark in plan.remarks:
        if remark.path == file:
            return str(remark)
    return f"{file}: nothing; it is left out, or not in the source."


def report(plan: Plan, found: Imported, target: str, *, dry_run: bool) -> list[str]:
    """What an import did, for the one who ran it."""
    lines = [f"Locales by --layout '{one}'" for one in plan.layouts]
    lines += _done(found, target, "Would import" if dry_run else "Imported")
    if plan.left_out:
        reasons = (f"{number:,} {reason}" for reason, number in sorted(plan.left_out.items()))
        lines.append("Left out: " + ", ".join(reasons))
    if found.vanished and not found.counts["trashed"]:
        is_one = len(found.vanished) == 1
        rest = (
            "is here no more; --prune would trash it"
            if is_one
            else ("are here no more; --prune would trash them")
        )
        lines.append(f"{counted(len(found.vanished), 'file')} {rest}:")
        lines += _some([f"  {one}" for one in found.vanished])
    return lines + remarked("could not be imported", found.remarks)


def _done(found: Imported, target: str, verb: str) -> list[str]:
    counts = found.counts
    acted = ("new", "changed", "published", "conflicts", "trashed")
    if not any(counts[one] for one in acted) and found.is_whole:
        return [f"Nothing to do: all {counts['unchanged']:,} are in {target} as they are."]
    kinds = (
        counted(found.kinds[kind.value], *nouns)
        for kind, nouns in _NOUNS.items()
        if found.kinds[kind.value]
    )
    shown = ("new", "changed", "unchanged", "published", "conflicts", "trashed")
    became = ", ".join(f"{counts[one]:,} {one}" for one in shown if counts[one])
    return [f"{verb} into {target}: {', '.join(kinds) or 'nothing'}", *filter(None, [became])]


def remarked(failed: str, remarks: Sequence[Remark]) -> list[str]:
    """*remarks*, as many as anyone reads; those of skipped files, which *failed*, first."""
    skipped = [one for one in remarks if one.skipped]
    others = [one for one in remarks if not one.skipped]
    return [*_listed(f"{failed}:", skipped), *_listed("worth knowing:", others)]


def _listed(heading: str, remarks: Sequence[Remark]) -> list[str]:
    if not remarks:
        return []
    return [f"{len(remarks):,} {heading}", *_some([f"  {one}" for one in remarks])]


def _some(lines: list[str]) -> list[str]:
    rest = len(lines) - _SHOWN
    return [*lines[:_SHOWN], f"  … and {rest:,} more"] if rest > 0 else lines
