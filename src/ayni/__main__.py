"""`python -m ayni`: the same as the command `ayni`."""

from ayni.cli.main import main

raise SystemExit(main())
