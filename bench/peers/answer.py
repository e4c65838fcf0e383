import json, sys
import duckdb

rows = duckdb.connect(sys.argv[1], read_only=True).sql(
    "select outcome, count(*) from gold.auth_attempts group by outcome order by outcome").fetchall()
print(json.dumps([{"outcome": outcome, "attempts": attempts} for outcome, attempts in rows]))
