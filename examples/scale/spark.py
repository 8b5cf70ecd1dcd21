"""spark.py COMPETENCIA EMPRESAS PARTS OUT: a month as a Spark job.

Each partition of the list of companies is piped through `part`, which fetches,
prices and stores it; what was stored goes to the folder OUT. A partition that
failed is run again by Spark: what it had stored is the same again. Settings
are those of the environment of the executors (spark.executorEnv.VOLUM_DB, ...).
"""

import os
import sys

from pyspark.sql import SparkSession

PART = os.path.join(os.path.dirname(os.path.abspath(__file__)), "part")
SETTINGS = ("PATH", "HOME", "TMPDIR", "VOLUM_", "VOLUMETRIA_", "MONGODB_")
SOME_REJECTED = 1


def settings():
    """What the commands read, as this process has it."""
    return {name: value for name, value in os.environ.items()
            if name.startswith(SETTINGS)}


def main():
    if len(sys.argv) != 5:
        sys.exit("usage: spark.py COMPETENCIA EMPRESAS PARTS OUT")
    month, companies, parts, out = sys.argv[1:]
    spark = SparkSession.builder.appName("volum %s" % month).getOrCreate()
    # Refused records are in the rejected file, and no failure of the part.
    command = "bash -c '\"$0\" \"$1\"; code=$?; [ $code = %d ] || exit $code' %s %s" % (
        SOME_REJECTED, PART, month)
    stored = spark.sparkContext.textFile(companies, int(parts)).repartition(
        int(parts)).pipe(command, env=settings(), checkCode=True)
    stored.saveAsTextFile(out)
    spark.stop()


main()
