"""x"""

from typing import Any

Screening = Any
