# pandas by SQLAlchemy: a table as a frame, in one piece and in chunks.
import os

import pandas
from sqlalchemy import create_engine

from say import address, check, say_version

say_version(pandas.__version__)
driver = os.environ.get("TESSERA_SQL_DRIVER", "psycopg")
engine = create_engine(address().replace("postgresql://", f"postgresql+{driver}://"))


@check("measure by group")
def _():
    frame = pandas.read_sql("SELECT outcome, MEASURE(attempt_count) AS n FROM auth_attempts GROUP BY 1 ORDER BY 1", engine)
    return [[outcome, str(count)] for outcome, count in frame.itertuples(index=False)]


@check("in chunks")
def _():
    chunks = pandas.read_sql("SELECT started_at, outcome FROM auth_attempts", engine, chunksize=2)
    return str(sum(len(chunk) for chunk in chunks))


@check("a whole table")
def _():
    frame = pandas.read_sql_table("projects", engine, columns=["project_key"])
    return sorted(frame["project_key"])
