# psycopg 3 and what stands on it: prints one JSON line a check, {"check": …, "value": …}; an error is the value's place.
import datetime

import psycopg

from say import address, check, say_version

url = address()
say_version(psycopg.__version__)
by_outcome = "SELECT outcome, MEASURE(attempt_count) FROM auth_attempts GROUP BY 1 ORDER BY 1"

with psycopg.connect(url) as session:

    @check("measure by group")
    def _():
        return [[outcome, str(count)] for outcome, count in session.execute(by_outcome)]

    @check("percentage to the digit")
    def _():
        return repr(session.execute("SELECT MEASURE(abandoned_pct) FROM auth_attempts").fetchone()[0])

    @check("parameters in text")
    def _():
        rows = session.execute("SELECT count(*) FROM auth_attempts WHERE country = %s AND started_on >= %s", ["US", datetime.date(2026, 1, 2)])
        return str(rows.fetchone()[0])

    @check("parameters and results in binary")
    def _():
        cursor = session.cursor(binary=True)
        cursor.execute("SELECT count(*) FROM auth_attempts WHERE country = %b AND started_on >= %b", ["US", datetime.date(2026, 1, 2)])
        return str(cursor.fetchone()[0])

    @check("server-side cursor")
    def _():
        with session.transaction(), session.cursor(name="one by one") as cursor:
            cursor.itersize = 2
            cursor.execute("SELECT started_at, outcome FROM auth_attempts ORDER BY 1, 2")
            return str(len(cursor.fetchall()))

    @check("prepared on the server")
    def _():
        text = "SELECT count(*) FROM auth_attempts WHERE country = %s AND started_on >= %s"
        values = ["US", datetime.date(2026, 1, 2)]
        counts = {str(session.execute(text, values, prepare=True).fetchone()[0]) for _ in range(7)}
        return "".join(counts)

    @check("pipeline")
    def _():
        with session.pipeline():
            first, second = session.execute(by_outcome), session.execute("SELECT count(*) FROM auth_attempts")
        return [len(first.fetchall()), str(second.fetchone()[0])]

    @check("an error has its SQLSTATE and the session goes on")
    def _():
        codes = []
        for text in ("SELECT nothing FROM auth_attempts", "DELETE FROM auth_attempts"):
            try:
                session.execute(text)
            except psycopg.Error as error:
                codes.append(error.sqlstate)
            session.rollback()
        return [*codes, str(session.execute("SELECT 1").fetchone()[0])]
