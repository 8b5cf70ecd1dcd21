# shellcheck shell=bash disable=SC2154,SC2034
# What cnpj-sync must not do, whatever the services answer: lose an edit, write
# over what changed meanwhile, believe what can't be.

load cnpj_helper

# With a data file of its own for the companies.
start_with()
{
	start_omie --time-scale 60 --clients 0 "$@" || return
	start_companies --companies 0 --company-data data
}

position()
{
	kept posicoes | jq .quando
}

@test 'a change that InAnbetec did not take is read again by the next run' {
	company >data
	start_with
	try 0 to_omie --all
	try 0 to_inanbetec --all
	edit 4477000001 '"email":"novo@example.invalid"'
	stop_one companies
	# The listing is answered, and the company itself; the PATCH is not.
	company '"codigoOmie":4477000001' >data
	start_companies --companies 0 --company-data data \
		--company-fault status-500:3
	before=$(position)
	try 1 to_inanbetec --all
	[ "$(rejected_codes)" = incerto ]
	[ "$(position)" = "$before" ]
	# Long after the overlap, and though nobody touched the customer again.
	control advance '{"seconds":36000}'
	customer '"cnpj_cpf":"10527452000180","inativo":"S"'
	try 0 to_inanbetec --all
	here 1 | jq -e '.email == "novo@example.invalid"'
}

@test 'more conflicts than one call can name are all told again' {
	python3 -B -c 'import sys; sys.path.insert(0, sys.argv[1])
import json, random, sync_world as w
rng, seen = random.Random(7), set()
with open("data", "w") as here, open("customers.ndjson", "w") as there:
    for n in range(1, 131):
        document = w.cnpj(rng, seen)
        print(json.dumps(w.company(rng, n, document)), file=here)
        print(json.dumps(dict(w.customer(rng, n, document),
                              email="other@example.invalid")), file=there)
' "$BATS_TEST_DIRNAME"
	start_with
	python3 -B "$BATS_TEST_DIRNAME/sync_world.py" load "$OMIE_BASE"
	try 1 to_inanbetec --all
	[ "$(jq -r 'select(.sync.acao == "divergente" or .sync.conflitos)|.sync.empresaId' out | wc -l)" = 130 ]
	# Nothing about them has changed for hours, something else has.
	control advance '{"seconds":36000}'
	customer '"cnpj_cpf":"","razao_social":"Fornecedor"' >/dev/null
	try 1 to_inanbetec --all
	try 1 to_inanbetec --all
	[ "$(jq -r 'select(.sync.conflitos) | .sync.empresaId' out | wc -l)" = 130 ]
}

@test 'a customer with the code of another system is linked by codigoOmie' {
	: >data
	start_with
	id=$(customer '"codigo_cliente_integracao":"ERP-9"')
	try 0 to_inanbetec --all
	[ "$(acted)" = incluido ]
	edit "$id" '"email":"novo@example.invalid"'
	try 0 to_inanbetec --all
	[ "$(acted)" = alterado ]
	patch 1 '"telefone":"1134567890"'
	writes >/dev/null
	try 0 to_omie --all
	[ "$(acted)" = alterado ]
	[ "$(writes)" = AlterarCliente=1 ]
	there "$id" | jq -e '.codigo_cliente_integracao == "ERP-9" and
		.telefone1_numero == "34567890"'
	try 0 to_inanbetec --all --full
	[ "$(acted)" = inalterado ]
}

@test 'persons and inactive customers are passed over when there are twins' {
	: >data
	start_with
	for i in 1 2; do
		customer '"cnpj_cpf":"11144477735"'
		customer '"cnpj_cpf":"10527452000180","inativo":"S"'
	done
	try 0 to_inanbetec --all
	[ ! -s out ]
	# Of an active one nobody knows which is meant.
	customer
	customer '"inativo":"S"'
	try 1 to_inanbetec --all --full
	[ "$(rejected_codes | sort -u)" = cliente_ambiguo ]
}

@test 'a page of some proxy is no word that a change was taken' {
	company >data
	start_with
	try 0 to_omie --all
	try 0 to_inanbetec --all
	edit 4477000001 '"email":"novo@example.invalid"'
	stop_one companies
	company '"codigoOmie":4477000001' >data
	start_companies --companies 0 --company-data data \
		--company-fault html-200:3
	try 1 to_inanbetec --all
	[ "$(rejected_codes)" = incerto ]
	# Taken for done, the old value would now go over the new one.
	try 0 to_omie --all
	there 4477000001 | jq -e '.email == "novo@example.invalid"'
	try 0 to_inanbetec --all
	here 1 | jq -e '.email == "novo@example.invalid"'
}

@test 'an id that the company API writes otherwise stops no other' {
	company >data
	start_with
	printf '{"empresaId":"%s"}\n' .. . 01 1 >in
	try 1 to_omie <in
	[ "$(acted)" = incluido ]
	[ "$(rejected_codes | paste -sd' ')" = 'empresa_desconhecida '\
'empresa_desconhecida empresa_desconhecida' ]
	grep -F 'asked for company 01, it answers 1' err
}

@test 'what a --map fails on is not told' {
	company '"razaoSocial":"Canária Fulana"' >data
	start_with
	for program in '.data[0].razaoSocial | tonumber' \
		'error(.data[0].razaoSocial)' '.data[].razaoSocial.x'; do
		echo "$program" >map.jq
		want_err='--map: the program failed' expect 'fails' 65 \
			to_omie --all --map map.jq --verbose --log log
	done
	holds_no Fulana log
	holds_no razaoSocial log
}

@test 'a file of owners that comes slowly, and one that is no such file' {
	company >data
	start_with
	try 0 to_omie --all --plan --owner <(printf '{"email":'
		sleep 0.5
		printf '"omie"}')
	head -c 70000 /dev/zero | tr '\0' ' ' >owner
	want_err='larger than 64 KiB' expect 'large' 78 to_omie --all --owner owner
	for text in '[]' '' '{"email":7}' '{"email":"omie"} x' \
		'{"email":"omie","email":"omie"}'; do
		printf %s "$text" >owner
		want_err='--owner owner: ' expect "$text" 78 \
			to_omie --all --owner owner
	done
}

@test 'what changed in Omie while the company was inactive arrives later' {
	company >data
	start_with
	try 0 to_omie --all
	try 0 to_inanbetec --all
	patch 1 '"ativo":false'
	edit 4477000001 '"email":"novo@example.invalid"'
	try 0 to_inanbetec --all
	control advance '{"seconds":36000}'
	customer '"cnpj_cpf":"11144477735"'
	try 0 to_inanbetec --all
	patch 1 '"ativo":true'
	try 0 to_omie --all
	try 0 to_inanbetec --all
	[ "$(acted)" = alterado ]
	here 1 | jq -e '.email == "novo@example.invalid"'
	# And is looked at no longer.
	control advance '{"seconds":36000}'
	customer '"cnpj_cpf":"11144477816"'
	try 0 to_inanbetec --all
	try 0 to_inanbetec --all
	[ ! -s out ]
}

@test 'a company that somebody changes after it was listed is not overwritten' {
	{
		company
		company '"cnpj":"10527452000180"'
	} >data
	start_with
	try 0 to_omie --all
	try 0 to_inanbetec --all
	edit 4477000001 '"bairro":"Novo"'
	edit 4477000002 '"bairro":"Novo"'
	# The pipe has listed both when the second line comes.
	mkfifo in
	to_inanbetec <in >out 2>err &
	exec 5>in
	echo '{"empresaId":"1"}' >&5
	first_is_written()
	{
		here 1 | jq -e '.endereco.bairro == "Novo"'
	}
	wait_for 20 first_is_written
	patch 2 '"endereco":{"bairro":"Outro","complemento":"Sala 9"}'
	echo '{"empresaId":"2"}' >&5
	exec 5>&-
	end_of $!
	[ "$CODE" = 1 ]
	[ "$(rejected_codes)" = mudou ]
	here 2 | jq -e '.endereco.bairro == "Outro"'
	try 1 to_inanbetec --all
	[ "$(rejected_codes | tail -n 1)" = divergente ]
}

PLAIN=$(cd "${PLAIN:-$BUILD}" && pwd)

# For programs whose time runs 120 times as fast, as omie-sim's does.
warped()
{
	env LD_PRELOAD="$PLAIN/tool/warp.so" WARP=120 WARP_SINCE="$BEGAN" \
		"$PLAIN/bin/cnpj-sync" --timeout 600 "$@"
}

needs_plain()
{
	BEGAN=$(date +%s)
	! grep -q __asan_init "$PLAIN/bin/cnpj-sync" ||
		skip "only the sanitizer's programs are built: give PLAIN=DIRECTORY"
}

page_was_read()
{
	[ "$(grep -c '"call":"ListarClientes"' omie.calls)" -ge "$1" ]
}

@test 'a change on a page that was read, in a listing longer than the overlap' {
	needs_plain
	start_omie --time-scale 120 --clients 0 --page-cap 1 --latency 600
	n=0
	for document in 11222333000181 10527452000180 33000167000101 \
		60746948000112 60701190000104 33592510000154 61186888000193 \
		00000000000191; do
		company "\"cnpj\":\"$document\"" >>data
		customer "\"cnpj_cpf\":\"$document\",
			\"codigo_cliente_integracao\":\"EMP-$((n += 1))\""
	done
	start_companies --companies 0 --company-data data
	warped --from omie --to inanbetec --all >out 2>err &
	wait_for 20 page_was_read 1
	edit 4477000001 '"email":"novo@example.invalid"'
	wait_for 20 page_was_read 6
	edit 4477000008 '"complemento":"Sala 9"'
	end_of $!
	[ "$(acted | tr ' ' '\n' | sort | uniq -c | xargs)" = \
		'1 alterado 7 inalterado' ]
	try 0 warped --from omie --to inanbetec --all
	here 1 | jq -e '.email == "novo@example.invalid"'
}

@test 'a customer that somebody changes long after it was listed' {
	needs_plain
	{
		company
		company '"cnpj":"10527452000180"'
		company '"cnpj":"33000167000101"'
	} >data
	start_omie --time-scale 120 --clients 0
	start_companies --companies 0 --company-data data
	try 0 warped --from inanbetec --to omie --all
	for i in 1 2 3; do
		patch $i '"telefone":"1134567890"'
	done
	mkfifo in
	warped --from inanbetec --to omie <in >out 2>err &
	exec 5>in
	echo '{"empresaId":"1"}' >&5
	first_is_written()
	{
		there 4477000001 | jq -e '.telefone1_numero == "34567890"'
	}
	wait_for 20 first_is_written
	sleep 1 # two minutes of theirs
	edit 4477000002 '"telefone1_numero":"33334444"'
	edit 4477000003 '"complemento":"Sala 9"'
	writes >/dev/null
	echo '{"empresaId":"2"}' >&5
	echo '{"empresaId":"3"}' >&5
	exec 5>&-
	end_of $!
	[ "$CODE" = 1 ]
	[ "$(rejected_codes)" = mudou ]
	[ "$(writes)" = AlterarCliente=1 ]
	there 4477000003 | jq -e '.telefone1_numero == "34567890" and
		.complemento == "Sala 9"'
	try 1 to_omie --all
	[ "$(acted)" = 'inalterado divergente inalterado' ]
}

@test 'one customer is not two companies, whatever codigoOmie says' {
	{
		company '"codigoOmie":4477000001'
		company '"codigoOmie":4477000001'
		company '"cnpj":"10527452000180","codigoOmie":4477000002'
	} >data
	start_with
	customer
	customer '"cnpj_cpf":"33000167000101",
		"codigo_cliente_integracao":"ERP-2"'
	try 1 to_omie --all
	[ "$(rejected_codes | paste -sd' ')" = 'cnpj_compartilhado '\
'cnpj_compartilhado documento_diferente' ]
	rm "$REJECTED"
	printf '{"empresaId":"%s"}\n' 1 2 3 >in
	try 1 to_omie <in
	[ "$(rejected_codes | paste -sd' ')" = 'cnpj_compartilhado '\
'cnpj_compartilhado documento_diferente' ]
	rm "$REJECTED"
	try 1 to_inanbetec --all
	[ "$(rejected_codes | paste -sd' ')" = \
		'cnpj_compartilhado documento_diferente' ]
	[ -z "$(writes)$(patches)" ]
}
