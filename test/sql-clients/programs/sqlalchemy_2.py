# SQLAlchemy over psycopg 3 and psycopg2: reflection, then questions to what was reflected.
import sqlalchemy
from sqlalchemy import MetaData, create_engine, func, inspect, select, text

from say import address, check, say_version

say_version(sqlalchemy.__version__)
driver = __import__("os").environ.get("TESSERA_SQL_DRIVER", "psycopg")
engine = create_engine(address().replace("postgresql://", f"postgresql+{driver}://"))
metadata = MetaData()


@check("tables")
def _():
    return sorted(inspect(engine).get_table_names())


@check("views and schemas")
def _():
    inspector = inspect(engine)
    return [inspector.get_view_names(), "public" in inspector.get_schema_names(), inspector.default_schema_name]


@check("columns and their types")
def _():
    columns = {column["name"]: str(column["type"]) for column in inspect(engine).get_columns("auth_attempts")}
    return [columns["attempt_count"], columns["abandoned_pct"], columns["outcome"], columns["started_at"]]


@check("keys, indexes and comments")
def _():
    inspector = inspect(engine)
    inspector.get_indexes("issues"), inspector.get_unique_constraints("issues"), inspector.get_check_constraints("issues")
    inspector.get_table_comment("issues")
    return [inspector.get_pk_constraint("projects")["constrained_columns"], len(inspector.get_foreign_keys("issues"))]


@check("reflection of every table")
def _():
    metadata.reflect(engine)
    return sorted(metadata.tables)


@check("measure by group")
def _():
    table = metadata.tables["auth_attempts"]
    question = select(table.c.outcome, func.measure(table.c.attempt_count)).group_by(table.c.outcome).order_by(table.c.outcome)
    with engine.connect() as session:
        return [[outcome, str(count)] for outcome, count in session.execute(question)]


@check("percentage to the digit")
def _():
    with engine.connect() as session:
        return repr(session.execute(text("SELECT MEASURE(abandoned_pct) FROM auth_attempts")).scalar())


@check("parameters in text")
def _():
    import datetime

    table = metadata.tables["auth_attempts"]
    question = select(func.count()).select_from(table).where(table.c.country == "US", table.c.started_on >= datetime.date(2026, 1, 2))
    with engine.connect() as session:
        return str(session.execute(question).scalar())


@check("server-side cursor")
def _():
    with engine.connect() as session:
        rows = session.execution_options(stream_results=True, yield_per=2).execute(text("SELECT started_at, outcome FROM auth_attempts"))
        return str(len(rows.fetchall()))
