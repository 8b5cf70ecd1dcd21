# shellcheck shell=bash disable=SC2154,SC2034
# Companies and customers kept in step, both ways.

load cnpj_helper

@test 'options that do not go together are refused' {
	want_err='--from and --to must be given' \
		expect 'no direction' 64 cnpj-sync --all </dev/null
	want_err='inanbetec or omie expected' \
		expect 'unknown register' 64 cnpj-sync --from sap --to omie
	want_err='are the same' \
		expect 'one register' 64 cnpj-sync --from omie --to omie
	want_err='--full goes with' expect 'full' 64 to_omie --all --full
	want_err='--map goes with' expect 'map' 64 to_inanbetec --map x.jq
	want_err='INANBETEC_API_URL must be set' \
		expect 'no address' 78 to_omie --all
}

@test 'what is missing is created, once, and known to the store' {
	start_both 0 3
	try 0 to_omie --all
	[ "$(acted)" = 'incluido incluido incluido' ]
	[ ! -s err ]
	[ "$(writes)" = 'IncluirCliente=3' ]
	[ "$(customers | jq -r .codigo_cliente_integracao | paste -sd' ')" = \
		'EMP-1 EMP-2 EMP-3' ]
	[ "$(volum-store --list empresas | jq -c \
		'.empresa | [.empresaId, .codigoClienteOmie]' | paste -sd' ')" = \
		'["1",4477000001] ["2",4477000002] ["3",4477000003]' ]
	# Fields that Omie fills itself, and what the source owns none of.
	jq -c '.body.param[0] // empty | keys' omie.calls >keys || :
	holds_no pessoa_fisica omie.calls
	try 0 to_omie --all
	[ "$(acted)" = 'inalterado inalterado inalterado' ]
	[ -z "$(writes)" ]
	# The other direction, right after, and once more by what changed.
	for i in 1 2; do
		try 0 to_inanbetec --all
		[ -z "$(writes)" ]
		[ -z "$(patches)" ]
	done
}

@test 'a customer found by document gets our code and what differs' {
	start_both 0 0
	stop_one companies
	company '"cnpj":"11.222.333/0001-81","telefone":"11 3456-7890"' >data
	start_companies --companies 0 --company-data data
	id=$(customer '"telefone1_ddd":"","telefone1_numero":"","email":""')
	try 0 to_omie --all
	jq -ce '.sync | .acao == "alterado" and .codigoClienteOmie == '"$id"' and
		.campos == ["telefone1_numero", "email"]' out
	[ "$(writes)" = 'AlterarCliente=1 AssociarCodIntCliente=1' ]
	there "$id" | jq -ce '[.telefone1_ddd, .telefone1_numero, .email,
		.codigo_cliente_integracao, .bairro] == ["11", "34567890",
		"fiscal@example.invalid", "EMP-1", "Sé"]'
}

@test 'never by a guess: what is refused, and with which reason' {
	start_both 0 0
	stop_one companies
	{
		company '"cnpj":"11222333000182"'                     # 1
		company '"cnpj":"12ABC34501DE35"'                     # 2
		company '"cnpj":"10527452000180"'                     # 3
		company '"cnpj":"00000000000191"'                     # 4
		company '"cnpj":"11222333000181"'                     # 5
		company '"cnpj":"11222333000181"'                     # 6
		company '"cnpj":"33000167000101"'                     # 7
		company '"cnpj":"60746948000112"'                     # 8
		company '"cnpj":"60701190000104","ativo":false'       # 9
		company '"cnpj":"33592510000154","razaoSocial":""'    # 10
		company '"cnpj":"61186888000193"'                     # 11
	} >data
	start_companies --companies 0 --company-data data
	a=$(customer '"cnpj_cpf":"12.ABC.345/01DE-35"')
	b=$(customer '"cnpj_cpf":"12abc34501de35"')
	c=$(customer '"cnpj_cpf":"10527452000180","inativo":"S"')
	customer '"cnpj_cpf":"00000000000191","bloquear_faturamento":"S"'
	customer '"cnpj_cpf":"33000167000101",
		"codigo_cliente_integracao":"ERP-9"'
	customer '"cnpj_cpf":"60746948000112","razao_social":"Padaria da Praia"'
	customer '"cnpj_cpf":"61186888000274",
		"codigo_cliente_integracao":"EMP-11"'
	try 1 to_omie --all
	[ "$(jq -r '[.registro.empresa.empresaId, .rejeitado.codigo] | join(" ")
		' "$REJECTED" | paste -sd,)" = "1 cnpj_invalido,2 cliente_ambiguo,\
3 cliente_inativo,4 cliente_bloqueado,5 cnpj_compartilhado,\
6 cnpj_compartilhado,7 cliente_de_outra,8 nome_diferente,10 campo_ausente,\
11 documento_diferente" ]
	jq -r 'select(.rejeitado.codigo == "cliente_ambiguo") |
		.rejeitado.mensagem' "$REJECTED" | grep -F "$a, $b"
	grep -F "customer $c is inactive" err
	[ "$(jq -r 'select(.rejeitado.conselho == "") | 1' "$REJECTED" |
		wc -l)" -le 1 ]
	[ "$(acted)" = dispensado ]
	[ -z "$(writes)" ]
	# Once somebody says which: the refused line, fed back in.
	patch 2 '"codigoOmie":'"$b"
	grep cliente_ambiguo "$REJECTED" >again
	try 0 to_omie <again
	[ "$(jq .sync.codigoClienteOmie out)" = "$b" ]
	[ "$(writes)" = 'AssociarCodIntCliente=1' ]
}

@test 'a company is named by id, by document, or by the record of the store' {
	start_both 3 3
	cnpj=$(here 2 | jq -r .cnpj)
	echo '{"empresaId":1}' >in
	echo '{"empresa":{"cnpj":"'"$cnpj"'"}}' >>in
	echo '{"empresa":{"empresaId":"3","razaoSocial":"what the store had"}}' >>in
	try 1 to_omie <in
	[ "$(jq -r .sync.empresaId out | paste -sd' ')" = '1 2 3' ]
	echo '{"empresaId":"77"}' >in
	want_err=empresa_desconhecida expect 'unknown' 1 to_omie <in
	echo '{"competencia":"2024-01"}' >in
	want_err=tipo_desconhecido expect 'no company' 1 to_omie <in
	echo '{"empresaId":"1"}' >in
	try 1 to_inanbetec <in
	[ "$(jq -r .sync.empresaId out)" = 1 ]
}

@test 'a company that is named twice is created once' {
	start_both 1 2
	printf '%s\n' '{"empresaId":"2"}' '{"empresaId":"2"}' >in
	try 0 to_omie <in
	[ "$(acted)" = 'incluido inalterado' ]
	[ "$(writes)" = IncluirCliente=1 ]
	[ "$(jq -r '.fault // empty' omie.calls)" = '' ]
}

@test 'a plan writes nothing, is read by people, and is applied exactly' {
	start_both 0 2
	try 0 to_omie --all --plan
	cp out plan
	[ "$(acted)" = 'planejado planejado' ]
	[ -z "$(writes)" ]
	no_store
	try 0 to_omie --all --diff
	grep -F '  razao_social         + ' out
	grep -F 'empresa 1, novo' out
	# What the source says has changed since for one of them.
	patch 2 '"telefone":"1134567890"'
	try 1 to_omie <plan
	[ "$(acted)" = incluido ]
	[ "$(rejected_codes)" = plano_vencido ]
	[ "$(writes)" = 'IncluirCliente=1' ]
	try 1 to_omie <plan
	[ -z "$(writes)" ]
	want_err='planned from inanbetec' \
		expect 'the other way' 1 to_inanbetec <plan
}

@test 'a dry run and a test record change nothing and say so' {
	start_both 0 1
	try 0 to_omie --all --dry-run
	[ "$(jq -c '[.sync.acao, .test]' out)" = '["planejado",true]' ]
	echo '{"empresaId":"1","test":true}' | try 0 to_omie
	[ "$(jq -c '[.sync.acao, .test]' out)" = '["planejado",true]' ]
	[ -z "$(writes)" ]
	[ -z "$(kept sincronizacoes)" ]
}

@test 'the pipe into volum-store links companies that it did not know' {
	start_both 0 2
	in_other to to_omie --all --records |
		try 0 volum-store
	[ "$(volum-store --list empresas | jq -c '.empresa |
		[.empresaId, .codigoClienteOmie, .configuracao.diaFaturamento]' |
		paste -sd' ')" = '["1",4477000001,5] ["2",4477000002,5]' ]
	# A plan links nobody.
	echo '{"sync":{"empresaId":"1","codigoClienteOmie":9,"acao":"planejado"}}' |
		volum-store >/dev/null
	[ "$(volum-store --list empresas --empresa 1 |
		jq .empresa.codigoClienteOmie)" = 4477000001 ]
}

@test 'both ends of the pipe write to one store' {
	start_companies --companies 300
	start_omie --rate 0 --ip-rate 0 --time-scale 60
	export OMIE_RATE_PER_MIN=60000 OMIE_IP_RATE_PER_MIN=60000
	for i in 1 2; do
		set -o pipefail
		to_omie --all --records --page 70 | volum-store >kept 2>err
		[ "$(wc -l <kept)" = 600 ]
		[ ! -s err ]
	done
	[ "$(jq -r 'select(.sync) | .sync.acao' kept | sort -u)" = inalterado ]
	[ "$(volum-store --list empresas | jq -s 'map(select(
		.empresa.codigoClienteOmie)) | length')" = 300 ]
	[ "$(grep -c 'empresas?\|/empresas"' companies.calls)" -ge 10 ]
}

@test 'customers that InAnbetec lacks are created there; suppliers are not' {
	start_both 0 0
	id=$(customer '"codigo_cliente_integracao":""')
	customer '"cnpj_cpf":"10527452000180","inativo":"S"'
	customer '"cnpj_cpf":"11144477735"'
	customer '"cnpj_cpf":""'
	try 0 to_inanbetec --all
	[ "$(acted)" = incluido ]
	[ "$(patches)" = POST=1 ]
	[ "$(writes)" = AssociarCodIntCliente=1 ]
	here 1 | jq -ce '[.cnpj, .razaoSocial, .codigoOmie, .endereco.cidade,
		.telefone, .ativo] == ["11222333000181",
		"Transportes Exemplo Ltda", '"$id"', "SAO PAULO", "11926130149",
		true]'
	try 0 to_omie --all
	[ -z "$(writes)" ]
	try 0 to_inanbetec --all --full
	[ -z "$(patches)$(writes)" ]
}

@test 'each side gets what the other changed; what both changed is told' {
	start_both 0 1
	try 0 to_omie --all
	id=4477000001
	edit $id '"email":"novo@example.invalid","complemento":"Sala 2"'
	patch 1 '"telefone":"1134567890"'
	patches >/dev/null
	# To Omie: the telephone; the e-mail is the other direction's.
	try 0 to_omie --all
	[ "$(jq -c .sync.campos out)" = '["telefone1_numero"]' ]
	try 0 to_inanbetec --all
	[ "$(jq -c .sync.campos out)" = '["complemento","email"]' ]
	here 1 | jq -ce '[.email, .telefone, .endereco.complemento,
		.endereco.logradouro, .configuracao.diaFaturamento] ==
		["novo@example.invalid", "1134567890", "Sala 2",
		"Rua da Concórdia", 5]'
	# No ping-pong.
	writes >/dev/null
	patches >/dev/null
	for i in 1 2; do
		try 0 to_omie --all
		try 0 to_inanbetec --all
	done
	[ -z "$(writes)$(patches)" ]
	# Both changed the e-mail: told in either direction, and in each run.
	edit $id '"email":"a@example.invalid"'
	patch 1 '"email":"b@example.invalid"'
	for run in 'to_omie --all' 'to_inanbetec --all' 'to_inanbetec --all'; do
		rm -f "$REJECTED"
		# shellcheck disable=SC2086
		try 1 $run
		[ "$(acted)" = divergente ]
		[ "$(jq -c .sync.conflitos out)" = '["email"]' ]
		[ "$(rejected_codes)" = divergente ]
	done
	there $id | jq -e '.email == "a@example.invalid"'
	here 1 | jq -e '.email == "b@example.invalid"'
	# The refused line, once a person has decided.
	edit $id '"email":"b@example.invalid"'
	try 0 to_omie <"$REJECTED"
	[ "$(acted)" = inalterado ]
}

@test 'a conflict is told again though nothing about it changed since' {
	start_both 0 2
	try 0 to_omie --all
	edit 4477000001 '"email":"a@example.invalid"'
	patch 1 '"email":"b@example.invalid"'
	try 1 to_inanbetec --all
	control advance '{"seconds":36000}'
	edit 4477000002 '"email":"c@example.invalid"'
	# At first it is among what changed, then it is listed by its code.
	for listings in 1 2; do
		: >omie.calls
		try 1 to_inanbetec --all
		[ "$(jq -c 'select(.sync.conflitos) | .sync.empresaId' out)" = \
			'"1"' ]
		[ "$(grep -c '"call":"ListarClientes"' omie.calls)" = \
			"$listings" ]
	done
	here 2 | jq -e '.email == "c@example.invalid"'
	# --full starts over.
	try 1 to_inanbetec --all --full
	[ "$(acted)" = 'divergente inalterado' ]
}

@test 'a difference from nothing has no blank at the end of its line' {
	start_both 1 1
	try 1 to_omie --all --diff
	grep -qx '  complemento          +?' out
}

@test 'a field has the owner that the file says' {
	start_both 0 1
	try 0 to_omie --all
	echo '{"email":"omie","telefone1_numero":"inanbetec"}' >owner
	edit 4477000001 '"telefone1_ddd":"21"'
	patch 1 '"email":"outro@example.invalid"'
	writes >/dev/null
	try 0 to_omie --all --owner owner
	[ "$(jq -c .sync.campos out)" = '["telefone1_numero"]' ]
	there 4477000001 | jq -e '.telefone1_ddd == "11"'
	try 0 to_inanbetec --all --full --owner owner
	[ "$(jq -c .sync.campos out)" = '["email"]' ]
	here 1 | jq -e '.email == "fiscal@example.invalid"'
	echo '{"mail":"omie"}' >owner
	want_err='--owner owner: mail: no such field' \
		expect 'unknown field' 78 to_omie --all --owner owner
	want_err='--owner none: No such file' \
		expect 'no file' 78 to_omie --all --owner none
}

@test 'a company API of another shape is mapped' {
	start_both 0 0
	stop_one companies
	company '"documento":"11222333000181","cnpj":null' >data
	start_companies --companies 0 --company-data data
	echo 'def c: .cnpj = .documento;
		if type == "array" then map(c)
		elif .data then .data |= map(c) else c end' >map.jq
	want_err=cnpj_invalido expect 'without' 1 to_omie --all --map <(echo .)
	try 0 to_omie --all --map map.jq
	[ "$(acted)" = incluido ]
	echo '1, 2' >map.jq
	want_err='--map: ' expect 'two results' 65 to_omie --all --map map.jq
}

@test 'what is not active in the public registry is flagged, and asked once' {
	start_both 0 0
	stop_one companies
	company >data
	company '"cnpj":"10527452000180"' >>data
	echo '{"cnpj":"10527452000180","descricao_situacao_cadastral":"BAIXADA",
		"qsa":[{"nome_socio":"Fulana"}]}' | jq -c . >registry
	start_companies --companies 0 --company-data data --registry registry
	registry=${INANBETEC_API_URL}api/cnpj/v1
	try 0 to_omie --all --check-registry "$registry"
	[ "$(jq -r .sync.situacaoCadastral out | paste -sd' ')" = 'ATIVA BAIXADA' ]
	grep 'company 2 is BAIXADA' err
	try 0 to_omie --all --check-registry "$registry"
	grep 'company 2 is BAIXADA' err
	[ "$(grep -c api/cnpj companies.calls)" = 2 ]
	everything >stored
	holds_no Fulana stored
	# Nobody there is no news.
	try 0 to_omie --all --check-registry http://127.0.0.1:1/
}

@test 'services that fail: what the exit code says' {
	start_both 1 1
	export INANBETEC_API_KEY=wrong
	want_err='refuses INANBETEC_API_KEY' expect 'key' 77 to_omie --all
	export INANBETEC_API_KEY=k3y-of-the-companies
	INANBETEC_API_URL=http://127.0.0.1:1/ \
		want_err='company API' \
		expect 'nobody' 75 to_omie --all --retries 0
	INANBETEC_API_URL=${INANBETEC_API_URL}none/ want_err='HTTP 404' \
		expect 'elsewhere' 78 to_omie --all
	OMIE_APP_SECRET=wrong want_err='Omie refuses' \
		expect 'secret' 77 to_omie --all
	stop_one companies
	start_companies --companies 1 --company-fault status-500:1-2 \
		--company-fault not-array:4
	try 1 to_omie --all --retry-wait 10
	want_err='see --map' expect 'shape' 65 to_omie --all --retry-wait 10 \
		--retries 0
}

@test 'no answer to a creation: it is looked up, and not sent again' {
	start_both 0 1 --fault broken-after:IncluirCliente:1
	try 0 to_omie --all
	[ "$(acted)" = incluido ]
	[ "$(writes)" = IncluirCliente=1 ]
	[ "$(customers | wc -l)" = 1 ]
	stop_all
	new_store
	start_both 0 1 --fault broken-before:IncluirCliente:1
	rm omie.calls.seen
	try 1 to_omie --all
	[ "$(rejected_codes)" = servico_indisponivel ]
	[ "$(writes)" = IncluirCliente=1 ]
	try 0 to_omie <"$REJECTED"
	[ "$(acted)" = incluido ]
	[ "$(customers | wc -l)" = 1 ]
}

@test 'a signal ends the run, and what was done is told and kept' {
	start_both 0 40 --latency 100
	cnpj-sync --from inanbetec --to omie --all >out 2>err &
	made_some()
	{
		[ "$(customers | wc -l)" -ge 3 ]
	}
	wait_for 20 made_some
	kill $!
	end_of $!
	[ "$CODE" = 75 ]
	grep signal err
	[ "$(jq -r .sync.codigoClienteOmie out)" = \
		"$(customers | jq -r .codigo_cliente_omie)" ]
	[ "$(volum-store --list empresas | wc -l)" = "$(customers | wc -l)" ]
}

@test 'a full disk and a closed stdin are no success' {
	start_both 0 2
	code=0
	to_omie --all --plan >/dev/full 2>err || code=$?
	[ "$code" = 74 ]
	want_err='BAD_INPUT|stdin' expect 'no stdin' 65 to_omie <&-
}

@test 'companies of any shape, and an Omie that words everything otherwise' {
	start_both 0 0 --numbers-as-strings --extra-members --alter-texts
	stop_one companies
	{
		company '"cnpj":11222333000181'
		company '"endereco":[1,{}],"telefone":{"a":1},"email":[]'
		company '"cnpj":"10527452000180","endereco":"Rua A",
			"codigoOmie":"x","ativo":"no","razaoSocial":7'
		company '"cnpj":{},"razaoSocial":null'
		company '"cnpj":"33000167000101","nomeFantasia":"\u0000\u0001 \u00a0",
			"telefone":"+55 (00) 0000","email":"nobody",
			"endereco":{"cep":1,"estado":"ZZ","cidade":"\u2028"}'
	} >data
	start_companies --companies 0 --company-data data
	for i in 1 2; do
		try 1 to_omie --all
		[ "$(rejected_codes | paste -sd' ')" = \
			'cnpj_invalido cnpj_invalido' ]
		rm "$REJECTED"
	done
	[ "$(acted)" = 'inalterado inalterado inalterado' ]
	[ "$(jq -c 'select(.sync.empresaId == "5") | .sync.ilegiveis' out)" = \
		'["estado","cep","telefone1_numero","email"]' ]
	[ "$(writes)" = IncluirCliente=3 ]
	try 0 to_inanbetec --all
	[ -z "$(writes)$(patches)" ]
}

@test 'a town by its code stays one' {
	start_both 0 0
	stop_one companies
	company '"endereco":{"cidade":"3550308","estado":"SP"}' >data
	start_companies --companies 0 --company-data data
	try 0 to_omie --all
	there 4477000001 | jq -e '.cidade_ibge == "3550308"'
	try 0 to_omie --all
	[ "$(acted)" = inalterado ]
	try 0 to_inanbetec --all
	[ "$(acted)" = inalterado ]
	patch 1 '"endereco":{"cidade":"3550308","estado":"RJ"}'
	try 0 to_omie --all --plan
	[ "$(jq -c .sync.ilegiveis out)" = '["cidade"]' ]
}

@test 'two processes at once: no customer twice' {
	start_both 0 12
	for i in 1 2; do
		cnpj-sync --from inanbetec --to omie --all --timeout 2 \
			--rejected "$i.rejected" >"$i.out" 2>"$i.err" &
	done
	for i in 1 2; do
		code=0
		wait -n || code=$?
		[ "$code" = 0 ] || [ "$code" = 1 ] || [ "$code" = 75 ]
	done
	try 0 to_omie --all --timeout 2
	[ "$(customers | jq -r .codigo_cliente_integracao | sort -u | wc -l)" = 12 ]
	[ "$(customers | wc -l)" = 12 ]
}

# An intent is in the store.
under_way()
{
	[ "$(kept sincronizacoes | jq .aberta)" = 1 ]
}

@test 'a creation that is still at work when its run is killed' {
	start_both 0 1 --fault late=2500:IncluirCliente:1
	# No function: what is killed is to be the command itself.
	cnpj-sync --from inanbetec --to omie --all --timeout 2 >out 2>err &
	wait_for 20 under_way
	sleep 0.3
	kill -9 $!
	wait $! || :
	[ "$(customers | wc -l)" = 0 ]
	try 0 to_omie --all --timeout 2
	[ "$(acted)" = inalterado ]
	[ "$(writes)" = IncluirCliente=1 ]
	[ "$(customers | wc -l)" = 1 ]
	! under_way
}

@test 'a lock-out ends the run with the time, and the next goes on' {
	start_both 0 3 --fault block-425:IncluirCliente:2
	try 69 to_omie --all
	[ "$(acted)" = incluido ]
	[ "$(rejected_codes)" = bloqueado ]
	time_passes
	try 0 to_omie --all
	[ "$(acted)" = 'inalterado incluido incluido' ]
}

@test 'a refusal of Omie is told without what it quotes' {
	start_both 0 0 --alphanumeric refuse
	stop_one companies
	company '"cnpj":"12ABC34501DE35"' >data
	start_companies --companies 0 --company-data data
	try 1 to_omie --all
	[ "$(rejected_codes)" = recusado ]
	grep -F 'inválido [***]' err
	holds_no 'ABC' err
	[ "$(kept sincronizacoes | jq .aberta)" = 0 ]
}

@test 'personal data appears in no log, metrics or message' {
	start_both 0 0
	stop_one companies
	{
		company '"cnpj":"11144477735","razaoSocial":"Canária Fulana",
			"email":"canary.person@example.invalid"'
		company '"cnpj":"11144477736","razaoSocial":"Canária Fulana",
			"email":"canary.person@example.invalid"'
		company '"razaoSocial":"Canária Fulana","email":
			"canary.person@example.invalid"'
		company '"cnpj":"10527452000180","razaoSocial":
			"Canária Fulana","inscricaoEstadual":"111444777351114447773511"'
	} >data
	start_companies --companies 0 --company-data data
	customer '"razao_social":"Canária Outra","email":
		"canary.second@example.invalid"'
	for run in 'to_omie --all --plan' 'to_omie --all' 'to_inanbetec --all'; do
		# shellcheck disable=SC2086
		$run --verbose --log log --metrics metrics >>out 2>>err || :
	done
	[ -s log ]
	[ -s metrics ]
	[ "$(jq -s 'map(select(.sync)) | length' out)" -ge 4 ]
	for word in Fulana FULANA canary 11144477735 11144477736 \
		111.444.777 Outra; do
		holds_no "$word" log metrics err
	done
}
