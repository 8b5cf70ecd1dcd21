/*
 * omie-sim: Omie's JSON API for clients and service contracts on loopback, as
 * the reference on that API says in section 10: limits, redundancy, the block
 * for misuse, fault texts, paging, ids beyond 32 bits, faults on request.
 */
#include "sim/omie-sim/sim.h"

int
main(int argc, char **argv)
{
	static struct sim sim = { .lock = PTHREAD_MUTEX_INITIALIZER };
	static struct settings settings;
	struct sim_options server;
	char why[160];
	int exit_code;

	if (!settings_parse(&settings, argc, argv, &exit_code))
		return exit_code;
	sim.set = &settings;
	state_init(&sim.state, &settings);
	for (size_t i = 0; i < settings.rule_count; i++)
		injection_add(
		    &sim.injections, settings.rules[i], why, sizeof(why));
	server = (struct sim_options){
		.port = (int)settings.port,
		.log_path = settings.log,
		.time_scale = settings.time_scale,
		.concurrent = true, /* calls in work are counted */
	};
	return sim_serve(&server, "/api/v1/", omie_handle, &sim);
}
