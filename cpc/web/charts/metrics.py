"""Widths of text in Public Sans, for positioning labels without a browser.

Advance widths in thousandths of the type size, read from the font files of the U.S. Web Design System.
"""

from __future__ import annotations

import unicodedata

_CHARACTERS = "".join(map(chr, range(32, 127))) + (
    "\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}"
    "\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{MIDDLE DOT}\N{HORIZONTAL ELLIPSIS}"
    "\N{EURO SIGN}\N{POUND SIGN}\N{MULTIPLICATION SIGN}"
)
_REGULAR = (
    "243 251 426 603 658 904 708 248 302 309 394 554 242 378 225 350 612 407 596 630 628 640 622 600 648 624 226 "
    "240 546 554 546 521 831 710 670 688 694 620 594 733 766 283 388 682 578 886 754 734 636 748 676 674 594 700 "
    "672 954 688 607 637 303 350 303 473 518 218 553 596 544 596 566 396 622 576 248 262 562 303 865 577 566 596 "
    "596 391 507 389 580 504 786 564 535 480 328 263 332 568 555 1117 554 232 240 419 410 230 768 600 613 540"
)
_SEMIBOLD = (
    "234 268 455 610 670 923 750 255 320 324 437 573 260 386 250 368 630 418 618 649 644 659 643 614 660 643 250 "
    "261 563 573 563 528 829 719 678 704 708 628 604 747 768 296 396 701 578 903 770 748 645 762 687 684 606 714 "
    "690 962 704 640 654 322 368 322 479 536 243 560 603 546 603 572 396 626 585 258 276 572 317 882 586 571 602 "
    "602 402 518 404 588 513 790 577 550 489 358 266 360 592 576 1134 573 248 252 452 447 246 837 628 632 560"
)

_WIDTHS = {
    False: dict(zip(_CHARACTERS, map(int, _REGULAR.split()), strict=True)),
    True: dict(zip(_CHARACTERS, map(int, _SEMIBOLD.split()), strict=True)),
}


def width(label: str, size: float, *, strong: bool = False) -> float:
    """Return the width in pixels of `label` at `size` pixels; unknown letters count as their base letter or "n"."""
    table = _WIDTHS[strong]
    total = 0
    for letter in label:
        base = letter if letter in table else unicodedata.normalize("NFD", letter)[0]
        total += table.get(base, table["n"])
    return total * size / 1000
