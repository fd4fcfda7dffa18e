"""Opens an export as people do: tables in pyarrow, polars and DuckDB, models in transformers, cards
and scores as the hub reads them.

Usage: deno task export --to FOLDER && python scripts/references/open_export.py FOLDER
(pyarrow, polars, duckdb, torch 2.13.0, transformers 5.23.0, huggingface_hub)
"""

import json
import pathlib
import sys

import duckdb
import polars
import pyarrow.parquet
from huggingface_hub import ModelCard
from transformers import (
    AutoModelForMaskedLM,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    AutoTokenizer,
    logging,
)

HEADS = {
    "TokenClassification": AutoModelForTokenClassification,
    "SequenceClassification": AutoModelForSequenceClassification,
    "MaskedLM": AutoModelForMaskedLM,
}


def check_table(path):
    arrow = pyarrow.parquet.read_table(path)
    frame = polars.read_parquet(path)
    rows = duckdb.sql(f"SELECT count(*) FROM '{path}'").fetchall()[0][0]
    assert arrow.num_rows == frame.height == rows, path
    assert arrow.column_names == frame.columns == duckdb.sql(f"FROM '{path}'").columns, path
    return rows


def check_model(folder):
    config = json.loads((folder / "config.json").read_text())
    architecture = config["architectures"][0]
    model, loading = HEADS[architecture.split("For")[1]].from_pretrained(
        folder, output_loading_info=True
    )
    assert not any(loading.values()), loading
    assert type(model).__name__ == architecture
    tokenizer = AutoTokenizer.from_pretrained(folder)
    batch = tokenizer(["Anna left Nairobi."], return_tensors="pt")
    shape = tuple(model(**batch).logits.shape)
    card = ModelCard.load(folder / "README.md")
    results = card.data.eval_results or []
    assert card.data.library_name == "transformers"
    return f"{architecture} {shape}, {len(results)} scores as {card.data.model_name}"


def main():
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    folder = pathlib.Path(sys.argv[1])
    for path in sorted((folder / "tables").glob("*.parquet")):
        print(f"{path.name}: {check_table(str(path))} rows in pyarrow, polars and DuckDB")
    for path in sorted((folder / "models").iterdir()):
        print(f"{path.name}: {check_model(path)}")
    graph = json.loads((folder / "ro-crate-metadata.json").read_text())["@graph"]
    for each in graph:
        if each["@type"] == "File":
            size = (folder / each["name"]).stat().st_size
            assert size == int(each["contentSize"]), each
    print(f"{len(graph)} entities of RO-Crate")


main()
