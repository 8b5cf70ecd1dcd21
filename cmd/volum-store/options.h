/* What volum-store can be asked. */
#ifndef VOLUM_STORE_OPTIONS_H
#define VOLUM_STORE_OPTIONS_H

#include "core/options.h"

struct options {
	struct common_options common;
	int64_t batch;
	int64_t max_change, dia_corte; /* -1 and 0: not given */
	const char *reopen;
	bool revise, explain, json, migrate, apply;
	const char *catalog, *list, *competencia, *empresa, *proposta, *status;
};

/* BAD_USAGE: options (a struct options) that contradict each other, or say
 * nothing. */
enum status check_options(const void *options, struct error *err);

#endif
