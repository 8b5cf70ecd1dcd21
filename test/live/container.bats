#!/usr/bin/env bats
# The Containerfile by a real engine: built on a Debian that stands in for the
# image it names, and run as its head says. What the engine's tests need of the
# kernel is as little as will do: no limits are raised, a build has no cgroups.

bats_require_minimum_version 1.5.0
load ../sim_helper

engine()
{
	podman --root "$BATS_FILE_TMPDIR/store" --runroot "$BATS_FILE_TMPDIR/run" \
		--cgroup-manager cgroupfs --runtime runc "$@"
}

# run_image [OPTION...] IMAGE COMMAND...: as it would be, read-only.
run_image()
{
	engine run --pull=never --read-only --ulimit nofile=1024:1024 \
		--ulimit nproc=1024:1024 "$@"
}

setup_file()
{
	[ "$(id -u)" -eq 0 ] || skip 'only root may make a Debian'
	for program in mmdebstrap podman runc; do
		command -v "$program" >/dev/null || skip "no $program"
	done
	cd "$BATS_FILE_TMPDIR"
	mmdebstrap --quiet --variant=minbase bookworm base.tar
	engine import -q base.tar debian:bookworm-slim
	mkdir context
	git -C "$BATS_TEST_DIRNAME/../.." archive HEAD | tar -x -C context
	engine build --pull=never --isolation chroot --network host -t volum context \
		>build.log 2>&1 || { tail -n 30 build.log && return 1; }
}

teardown_file()
{
	engine rm -f -t 0 -a >/dev/null 2>&1 || :
	engine system reset -f >/dev/null 2>&1 || :
	# Some runtimes give what a container has as stdin to its user.
	chown root:root /dev/null
}

@test 'each program is there, for a user that is not root, and no more than that' {
	run -0 run_image --rm --network none volum sh -c 'id -u
		for command in volum-fetch volum-store omie-contract cnpj-sync volum-redrive \
			volum-run volum-setup volum-doctor volum-ping volum-trigger omie-sim volum-sim
		do
			$command --version || exit
		done
		ls /src /tmp /var/lib/apt/lists 2>&1 || :'
	[ "${lines[0]}" = 970 ]
	[ "$(grep -cE '^[a-z-]+ [0-9.]+$' <<<"$output")" = 12 ]
	grep -F "cannot access '/src'" <<<"$output"
	run -1 grep -E 'deb|_Packages' <<<"$output"
	size=$(engine image inspect --format '{{.Size}}' volum)
	base=$(engine image inspect --format '{{.Size}}' debian:bookworm-slim)
	echo "# image: $((size / 1000000)) MB, of which Debian $((base / 1000000))" >&3
	[ "$((size - base))" -lt 250000000 ]
	# Nobody's secret, and nothing of the build.
	run -1 grep -E 'TOKEN|SECRET|KEY' <(engine image inspect --format '{{.Config.Env}}' volum)
}

@test 'the demo, without a network, on a root that cannot be written' {
	run -0 run_image --rm --network none volum sh /usr/share/volum/examples/demo.sh
	grep -E '^ *create calls to Omie  *[1-9][0-9]* *0$' <<<"$output"
	run -1 run_image --rm --network none volum touch /usr/bin/x
}

settings=()
for name in VOLUMETRIA_API_TOKEN INANBETEC_API_KEY OMIE_APP_KEY OMIE_APP_SECRET; do
	settings+=(-e "$name=of-the-test")
done
settings+=(-e VOLUMETRIA_API_URL=http://127.0.0.1:9001/ -e OMIE_SAME_CALL_WINDOW_S=1
	-e OMIE_API_URL=http://127.0.0.1:9002/api/v1/)

# job COMMAND...: in a container of its own, beside the services.
job()
{
	run_image --network container:services -v state:/var/lib/volum "${settings[@]}" "$@"
}

began() # a contract is on its way
{
	engine exec services grep -q IncluirContrato /tmp/calls
}

@test 'a job that is stopped ends what it has begun, and the next one goes on' {
	engine run -d --name services --pull=never --network none --ulimit nofile=1024:1024 \
		--ulimit nproc=1024:1024 "${settings[@]}" volum sh -c '
			volum-sim --port 9001 --companies 9 &
			omie-sim --port 9002 --clients 9 --same-call-window 1 --latency 2000 --log /tmp/calls'
	job --rm volum sh -c 'volum-sim --companies 9 --catalog | volum-store' >"$BATS_TEST_TMPDIR/catalog"
	job -d --name billing volum volum-run billing
	wait_for 30 began
	SECONDS=0
	engine stop -t 60 billing
	[ "$SECONDS" -lt 10 ]
	same 75 "$(engine inspect --format '{{.State.ExitCode}}' billing)"
	engine logs billing 2>&1
	[ "$(engine exec services grep -c IncluirContrato /tmp/calls)" -lt 9 ]
	job --rm volum volum-run billing
	same 9 "$(engine exec services grep -c IncluirContrato /tmp/calls)"
	same 750:970 "$(job --rm volum stat -c %a:%u /var/lib/volum)"
}
