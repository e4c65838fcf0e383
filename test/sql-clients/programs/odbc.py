# psqlODBC, what Excel and other programs of ODBC bring, through the manager of the machine: one JSON line a check.
import datetime
import os

import pyodbc

from say import check, parts, say_version

pyodbc.pooling = False
at = parts()


def connect(autocommit=True, **more):
    # A driver by its name, nothing in a file of sources.
    options = dict(
        Driver="{PostgreSQL Unicode}",
        Server=at["host"],
        Port=at["port"],
        Database=at["database"],
        UID=at["user"],
        PWD=at["password"],
        SSLmode="require",
    )
    options.update(more)
    return pyodbc.connect(";".join(f"{name}={value}" for name, value in options.items()), autocommit=autocommit)


session = connect()
say_version(".".join(str(int(part)) for part in session.getinfo(pyodbc.SQL_DRIVER_VER).split(".")[:2]))
by_outcome = "SELECT outcome, MEASURE(attempt_count) FROM auth_attempts GROUP BY 1 ORDER BY 1"
since = "SELECT count(*) FROM auth_attempts WHERE country = ? AND started_on >= ?"
values = ["US", datetime.date(2026, 1, 2)]


def rows(text, *values, over=session):
    return over.cursor().execute(text, *values).fetchall()


@check("TLS, with its certificate verified")
def _():
    trusted = connect(SSLmode="verify-full", pqopt="{sslrootcert=" + os.environ["TESSERA_SQL_CA"] + "}")
    try:
        connect(SSLmode="verify-full", pqopt="{sslrootcert=" + os.environ["TESSERA_SQL_WRONG_CA"] + "}")
    except pyodbc.Error as error:
        return [rows("SELECT 1", over=trusted)[0][0], error.args[0]]


@check("tables")
def _():
    return sorted(row.table_name for row in session.cursor().tables(schema="public", tableType="TABLE"))


@check("schemas and catalogs")
def _():
    schemas = [row.table_schem for row in session.cursor().tables(table="", catalog="", schema="%")]
    catalogs = [row.table_cat for row in session.cursor().tables(table="", catalog="%", schema="")]
    return ["public" in schemas, catalogs]


@check("columns and their types")
def _():
    types = {row.column_name: row.type_name for row in session.cursor().columns(table="auth_attempts", schema="public")}
    return [types[name] for name in ("attempt_count", "login_failure_rate_pct", "outcome", "started_at")]


@check("keys")
def _():
    ask = session.cursor
    return [
        [row.column_name for row in ask().primaryKeys(table="projects", schema="public")],
        [row.pktable_name for row in ask().foreignKeys(foreignTable="issues", foreignSchema="public")],
        sorted(row.fktable_name for row in ask().foreignKeys(table="projects", schema="public")),
    ]


@check("all other metadata")
def _():
    ask = session.cursor
    ask().getTypeInfo().fetchall()
    ask().statistics("issues", schema="public").fetchall()
    ask().rowIdColumns("projects", schema="public").fetchall()
    ask().rowVerColumns("projects", schema="public").fetchall()
    ask().procedures(schema="public").fetchall()
    ask().procedureColumns(schema="public").fetchall()
    for about in (pyodbc.SQL_DBMS_VER, pyodbc.SQL_DATABASE_NAME, pyodbc.SQL_USER_NAME, pyodbc.SQL_KEYWORDS):
        session.getinfo(about)
    return "answered"


@check("measure by group")
def _():
    return [[outcome, str(count)] for outcome, count in rows(by_outcome)]


@check("percentage to the digit")
def _():
    return repr(rows("SELECT MEASURE(abandoned_pct) FROM auth_attempts")[0][0])


@check("parameters in text")
def _():
    return str(rows(since, *values, over=connect(UseServerSidePrepare=0))[0][0])


@check("prepared on the server")
def _():
    cursor = session.cursor()
    return "".join({str(cursor.execute(since, *values).fetchone()[0]) for _ in range(7)})


@check("server-side cursor")
def _():
    return str(len(rows("SELECT started_at, outcome FROM auth_attempts ORDER BY 1, 2", over=connect(UseDeclareFetch=1, Fetch=2))))


@check("ten thousand rows")
def _():
    text = "SELECT actor_login, MEASURE(event_count) FROM auth_events GROUP BY 1"
    found = []
    for over in (session, connect(UseDeclareFetch=1, Fetch=1000)):
        cursor = over.cursor().execute(text)
        logins = set()
        while part := cursor.fetchmany(997):
            logins.update(row[0] for row in part if row[1] == 1)
        found.append(len(logins))
    return found


@check("cancel")
def _():
    session.cursor().cancel()
    return "answered"


@check("an error has its SQLSTATE and the session goes on")
def _():
    codes = []
    manual = connect(autocommit=False)
    for text in ("SELECT nothing FROM auth_attempts", "DELETE FROM auth_attempts"):
        try:
            rows(text, over=manual)
        except pyodbc.Error as error:
            codes.append(error.args[0])
    manual.rollback()
    return [*codes, str(rows("SELECT 1", over=manual)[0][0])]
