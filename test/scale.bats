#!/usr/bin/env bats
# A month split over many processes, into one MongoDB: what is stored is what one
# process stores. PYSPARK is a Python that has pyspark; `make check-scale` gives
# it, and the others skip that test.

bats_require_minimum_version 1.5.0
load mongo_helper

SCALE=$BATS_TEST_DIRNAME/../examples/scale
COMPANIES=${COMPANIES:-300}

# What one process stores, in `single`; then an empty database with companies and
# proposals, for the parts.
setup()
{
	cd "$BATS_TEST_TMPDIR" || return
	start_mongo java
	start_usage --companies "$COMPANIES"
	volum-sim --companies "$COMPANIES" --catalog >catalog
	export VOLUM_STATE_DIR=$PWD/state VOLUM_REJECTED=$PWD/rejected
	volum-store <catalog >out
	volum-store --list empresas >empresas
	bash "$SCALE/part" 2024-01 <empresas >single.out
	stored >single
	[ "$(wc -l <single)" -ge "$COMPANIES" ]
	start_mongo java
	volum-store <catalog >out
}

stored()
{
	volum-store --list volumetria && volum-store --list consolidacoes
}

@test 'GNU parallel: the same as one process, twice' {
	command -v parallel >/dev/null || skip 'GNU parallel is not installed'
	for i in 1 2; do
		sh "$SCALE/parallel.sh" 2024-01 empresas 4 -N 40 >out 2>err
		stored | cmp - single
	done
	[ "$(sort -u out | wc -l)" = "$(sort -u single.out | wc -l)" ]
	[ ! -e rejected ]
	# One that nobody knows is refused; the rest is there.
	{
		cat empresas
		echo 99999
	} >more
	code=0
	sh "$SCALE/parallel.sh" 2024-01 more 4 -N 40 >out 2>err || code=$?
	[ "$code" = 1 ]
	[ "$(rejected_codes rejected)" = sem_dados ]
	# A service that is away fails the whole, by its code.
	code=0
	VOLUMETRIA_API_URL=http://127.0.0.1:1/ \
		sh "$SCALE/parallel.sh" 2024-01 empresas 4 -N 100 >out 2>err || code=$?
	[ "$code" = 75 ] || [ "$code" = 1 ]
}

@test 'Spark: the same as one process' {
	[ -n "${PYSPARK:-}" ] || skip 'PYSPARK is not set: make check-scale'
	home=$("$PYSPARK" -c 'import os, pyspark; print(os.path.dirname(pyspark.__file__))')
	export SPARK_HOME=$home PYSPARK_PYTHON=$PYSPARK SPARK_LOCAL_IP=127.0.0.1
	"$home/bin/spark-submit" --master "${MASTER:-local-cluster[2,1,1024]}" \
		--conf spark.driver.bindAddress=127.0.0.1 \
		--conf spark.ui.enabled=false \
		"$SCALE/spark.py" 2024-01 "$PWD/empresas" 6 "$PWD/result" >out 2>err ||
		{ tail -n 40 err >&2; return 1; }
	[ -e result/_SUCCESS ]
	[ "$(cat result/part-* | wc -l)" = "$(wc -l <single.out)" ]
	stored | cmp - single
	[ ! -e rejected ]
}
