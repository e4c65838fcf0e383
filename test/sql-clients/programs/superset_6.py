# Apache Superset started for real: a connection, a dataset of a view, a chart, a question in SQL Lab, by its own HTTP API.
import importlib.metadata
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid

from say import address, check, say_version

say_version(importlib.metadata.version("apache-superset"))
# A folder that this program prepared before saves a minute and a half.
home = os.environ.get("TESSERA_SUPERSET_HOME") or tempfile.mkdtemp(prefix="superset-")
config = os.path.join(home, "superset_config.py")
if not os.path.exists(config):
    with open(config, "w") as file:
        file.write('SECRET_KEY = "only-for-this-run-0123456789abcdefghijklmnop"\n')
        file.write(f'SQLALCHEMY_DATABASE_URI = "sqlite:///{home}/superset.db"\n')
        file.write("WTF_CSRF_ENABLED = False\nTALISMAN_ENABLED = False\n")
environment = {**os.environ, "SUPERSET_CONFIG_PATH": config, "SUPERSET_HOME": home, "FLASK_APP": "superset"}
superset = os.path.join(os.path.dirname(sys.executable), "superset")


def run(*words):
    subprocess.run([superset, *words], env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


prepared = os.path.join(home, "prepared.db")
used = os.path.join(home, "superset.db")
if not os.path.exists(prepared):
    run("db", "upgrade")
    run("fab", "create-admin", "--username", "admin", "--firstname", "A", "--lastname", "B", "--email", "a@example.org", "--password", "admin")
    run("init")
    shutil.copyfile(used, prepared)
# Each run begins anew: Superset keeps no second dataset of a table's name in SQLite.
shutil.copyfile(prepared, used)

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
server = subprocess.Popen([superset, "run", "-p", str(port)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
headers = {"Content-Type": "application/json"}


def call(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{path}: {error.code} {error.read().decode()[:600]}") from None


try:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5)
            break
        except OSError:
            time.sleep(1)
    login = call("/api/v1/security/login", {"username": "admin", "password": "admin", "provider": "db", "refresh": True})
    headers["Authorization"] = f"Bearer {login['access_token']}"
    uri = address().replace("postgresql://", "postgresql+psycopg2://")
    kept = {}

    @check("a connection is tested and saved")
    def _():
        tested = call("/api/v1/database/test_connection/", {"database_name": "Tessera", "sqlalchemy_uri": uri})
        name = f"Tessera {time.time()}"
        kept["database"] = call("/api/v1/database/", {"database_name": name, "sqlalchemy_uri": uri, "expose_in_sqllab": True})["id"]
        return tested["message"]

    @check("tables")
    def _():
        schemas = call(f"/api/v1/database/{kept['database']}/schemas/")["result"]
        found = call(f"/api/v1/database/{kept['database']}/tables/?q=(schema_name:{schemas[schemas.index('public')]},force:!f)")["result"]
        return sorted(table["value"] for table in found)

    @check("a dataset of a view")
    def _():
        made = call("/api/v1/dataset/", {"database": kept["database"], "schema": "public", "table_name": "auth_attempts"})
        kept["dataset"] = made["id"]
        return "answered"

    @check("columns and their types")
    def _():
        columns = call(f"/api/v1/dataset/{kept['dataset']}")["result"]["columns"]
        types = {column["column_name"]: column["type"] for column in columns}
        return [types[name] for name in ("attempt_count", "abandoned_pct", "outcome", "started_at")]

    @check("a chart of the dataset")
    def _():
        metric = {"expressionType": "SQL", "sqlExpression": "MEASURE(attempt_count)", "label": "n"}
        question = {"columns": ["outcome"], "metrics": [metric], "orderby": [["outcome", True]], "row_limit": 100}
        answer = call("/api/v1/chart/data", {"datasource": {"id": kept["dataset"], "type": "table"}, "queries": [question], "force": True})
        return [[row["outcome"], str(row["n"])] for row in answer["result"][0]["data"]]

    def ask_in_lab(text):
        body = {"database_id": kept["database"], "sql": text, "schema": "public", "client_id": uuid.uuid4().hex[:10], "runAsync": False, "queryLimit": 100}
        return call("/api/v1/sqllab/execute/", body)["data"]

    @check("a question in SQL Lab")
    def _():
        rows = ask_in_lab("SELECT outcome, MEASURE(attempt_count) AS n FROM auth_attempts GROUP BY 1 ORDER BY 1")
        return [[row["outcome"], str(row["n"])] for row in rows]

    @check("what is not exact is refused in SQL Lab with a hint")
    def _():
        try:
            return ask_in_lab("SELECT upper(outcome), MEASURE(login_failure_rate_pct) FROM auth_attempts GROUP BY upper(outcome)")
        except RuntimeError as refused:
            return "HINT:" in str(refused) or str(refused)

finally:
    server.terminate()
    server.wait(30)
