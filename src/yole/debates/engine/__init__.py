"""Pure analysis of votes on statements: figures, map, groups, and when groups may be shown. numpy only; no framework, file or clock."""
