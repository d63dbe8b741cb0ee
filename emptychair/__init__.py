"""Empty Chair: the software in the empty chair of a company's meetings."""

import os

# Read when Arrow is loaded. Its own allocator takes memory by two megabytes and hands them back after
# every column: clearing them anew is a twenty-fifth of an import (docs/decisions/0201).
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
