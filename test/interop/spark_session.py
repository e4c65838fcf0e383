# Spark with Delta in one process: a JSON line {"sql": …} in, a JSON line {"rows": …} or {"error": …} out. Starting it is what takes long.
import glob, json, os, sys
from pyspark.sql import SparkSession

jars = [jar for jar in glob.glob(os.path.join(sys.argv[1], "*.jar")) if os.path.basename(jar).startswith(("delta-", "unitycatalog-"))]
settings = {
    "spark.jars": ",".join(jars),
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.warehouse.dir": os.path.join(sys.argv[2], "warehouse"),
    "spark.local.dir": sys.argv[2],
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    # Small tables on a small machine: two hundred tasks a question would be what is measured.
    "spark.sql.shuffle.partitions": "1",
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}
builder = SparkSession.builder.master("local[2]")
for key, value in settings.items():
    builder = builder.config(key, value)
spark = builder.getOrCreate()
spark.sparkContext.setLogLevel("OFF")


def say(answer):
    sys.stdout.write(json.dumps(answer, default=str) + "\n")
    sys.stdout.flush()


delta = next((os.path.basename(jar) for jar in jars if os.path.basename(jar).startswith("delta-spark")), "no delta-spark")
say({"rows": [{"spark": spark.version, "delta": delta}]})
for line in sys.stdin:
    try:
        say({"rows": [row.asDict() for row in spark.sql(json.loads(line)["sql"]).collect()]})
    except Exception as error:
        say({"error": str(error)[:2000]})
spark.stop()
