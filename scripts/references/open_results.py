"""Opens what a run leaves as people do: all results in a client of DuckDB, by results/catalog.sql, a table
as CSV in LibreOffice, and the Parquet files beside each other in pyarrow and polars.

Usage: deno task sql --output transfer.csv "FROM transfer"
       python scripts/references/open_results.py results/catalog.sql transfer.csv
(duckdb, pyarrow, polars; soffice of LibreOffice)
"""

import csv
import pathlib
import subprocess
import sys
import tempfile

import duckdb
import polars
import pyarrow.parquet


def open_catalog(script):
    client = duckdb.connect()
    client.execute(script.read_text())
    views = client.execute(
        "SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal ORDER BY ALL"
    ).fetchall()
    rows = {}
    for schema, view in views:
        quoted = '"' + schema.replace('"', '""') + '"."' + view + '"'
        count = client.execute(f"SELECT count(*) FROM {quoted}").fetchone()[0]
        files = sorted((script.parent / schema / view).glob("*.parquet"))
        in_arrow = sum(pyarrow.parquet.read_table(str(each)).num_rows for each in files)
        in_polars = sum(polars.read_parquet(str(each), glob=False).height for each in files)
        assert count == in_arrow == in_polars, (schema, view, count, in_arrow, in_polars)
        rows[schema] = rows.get(schema, 0) + count
    (explained,) = client.execute(
        "SELECT count(comment) FROM duckdb_columns() WHERE NOT internal"
    ).fetchone()
    for schema, count in rows.items():
        print(f"{schema}: {count} rows in DuckDB, pyarrow and polars")
    print(f"{len(views)} views, {explained} columns with what they mean")


def cells(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def same(ours, theirs):
    if ours == theirs or ours in ("true", "false") and ours.upper() == theirs:
        return True
    try:
        return abs(float(ours) - float(theirs)) <= 1e-9 * abs(float(ours))
    except ValueError:
        return False


def open_sheet(path):
    """The table goes into a sheet and comes back: every cell is what it was."""
    utf8 = "44,34,76,1,,0,false,true,false"
    with tempfile.TemporaryDirectory() as folder:
        run = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile"]
        steps = [
            (path, "ods", ["--infilter=CSV:44,34,76,1"]),
            (pathlib.Path(folder, path.stem + ".ods"), f"csv:Text - txt - csv (StarCalc):{utf8}", []),
        ]
        for source, kind, more in steps:
            told = subprocess.run(
                [*run, *more, "--convert-to", kind, "--outdir", folder, str(source)],
                capture_output=True,
                text=True,
            )
            assert told.returncode == 0, told.stderr
        before, after = cells(path), cells(pathlib.Path(folder, path.name))
    assert len(before) == len(after) > 1, (len(before), len(after))
    for a, b in zip(before, after):
        assert len(a) == len(b) and all(map(same, a, b)), (a, b)
    print(f"{path.name}: {len(before) - 1} rows × {len(before[0])} columns in LibreOffice")


open_catalog(pathlib.Path(sys.argv[1]).resolve())
open_sheet(pathlib.Path(sys.argv[2]))
