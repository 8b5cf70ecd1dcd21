# shellcheck shell=bash disable=SC2154
# A dead man's switch for volum-run, whose are job, dry_run, env_file, setting,
# say, state, here, do_job, worst and `arguments`, which it was started with.

# switch_url: what is told of this job, '' for nobody. {job} stands for the job;
# without it the URL is that of the billing, which no other must cover up for.
switch_url() {
	local url
	[ "$dry_run" -eq 0 ] || return 0
	url=$(setting VOLUM_PING_URL '')
	case $url in
	*'{job}'*) echo "${url//'{job}'/$job}" ;;
	*) [ "$job" != billing ] || echo "$url" ;;
	esac
}

# is_under_switch: is this the script that volum-ping runs? By the lock, which it
# was given, and not by a variable that somebody may have left behind.
is_under_switch() {
	[ "${VOLUM_RUN_TOLD:-}" = "$job" ] || return
	case $job in
	verify | backup) ;;
	*) [ "/proc/self/fd/9" -ef "$state/lock" ] ;;
	esac
}

# do_job_told: do_job, under the switch where there is one. It is this script
# again that volum-ping runs, behind the lock, which goes on to it. The URL is a
# secret, and goes by the environment.
do_job_told() {
	local url
	url=$(switch_url)
	if [ -z "$url" ]; then
		do_job
	elif ! command -v volum-ping >/dev/null; then
		say '%s: volum-ping is not installed, nobody is told' "$job"
		do_job
	else
		VOLUM_PING_URL=$url VOLUM_RUN_TOLD=$job \
			VOLUM_LOG=$(setting VOLUM_LOG '') \
			VOLUM_ALLOW_HTTP=$(setting VOLUM_ALLOW_HTTP '') \
			volum-ping "$here/volum-run" "${arguments[@]}"
		worst "$?"
	fi
}
