"""Okta's System Log into DuckDB by dlt, as its documentation writes a REST source: incremental by the last next link, append."""
import sys
import dlt
from dlt.sources.helpers import requests


@dlt.resource(name="okta_log", primary_key="uuid", write_disposition="append", max_table_nesting=0,
              columns={"actor": {"data_type": "json"}, "client": {"data_type": "json"}, "outcome": {"data_type": "json"},
                       "target": {"data_type": "json"}, "debug_context": {"data_type": "json"}})
def okta_log(base_url: str):
    # The link and not a timestamp, since Okta stores some events late: it is what Okta's documentation says to keep.
    state = dlt.current.resource_state()
    url = state.get("next") or f"{base_url}/api/v1/logs?sortOrder=ASCENDING&limit=1000&since=2000-01-01T00:00:00.000Z"
    while True:
        response = requests.get(url, headers={"Authorization": "SSWS bench"})
        page = response.json()
        url = response.links["next"]["url"]
        state["next"] = url
        if not page:
            return
        yield page


pipeline = dlt.pipeline("okta", destination=dlt.destinations.duckdb(sys.argv[2]), dataset_name="okta", pipelines_dir=sys.argv[3])
pipeline.run(okta_log(sys.argv[1])).raise_on_failed_jobs()
