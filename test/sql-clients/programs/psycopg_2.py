# psycopg2, as most BI tools in Python bring it.
import psycopg2

from say import address, check, say_version

say_version(psycopg2.__version__.split()[0])
session = psycopg2.connect(address())


def rows(text, values=None):
    with session.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall()


@check("measure by group")
def _():
    return [[outcome, str(count)] for outcome, count in rows("SELECT outcome, MEASURE(attempt_count) FROM auth_attempts GROUP BY 1 ORDER BY 1")]


@check("percentage to the digit")
def _():
    return repr(rows("SELECT MEASURE(abandoned_pct) FROM auth_attempts")[0][0])


@check("parameters in text")
def _():
    import datetime

    return str(rows("SELECT count(*) FROM auth_attempts WHERE country = %s AND started_on >= %s", ["US", datetime.date(2026, 1, 2)])[0][0])


@check("server-side cursor")
def _():
    with session.cursor(name="one_by_one") as cursor:
        cursor.itersize = 2
        cursor.execute("SELECT started_at, outcome FROM auth_attempts ORDER BY 1, 2")
        return str(len(cursor.fetchall()))


@check("an error has its SQLSTATE and the session goes on")
def _():
    codes = []
    session.rollback()
    for text in ("SELECT nothing FROM auth_attempts", "DELETE FROM auth_attempts"):
        try:
            rows(text)
        except psycopg2.Error as error:
            codes.append(error.pgcode)
        session.rollback()
    return [*codes, str(rows("SELECT 1")[0][0])]
