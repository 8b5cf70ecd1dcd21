/* Versions, clock and zone, the state folder and the disk it is on. */
#include <curl/curl.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "core/jqprog.h"
#include "core/state.h"
#include "volum-doctor/doctor.h"

enum { LEAST_MB = 100 };

void
check_versions(struct doctor *d)
{
	const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
	struct utsname os;
	char jq[60];

	jqprog_library(jq, sizeof(jq));
	if (uname(&os) != 0)
		memset(&os, 0, sizeof(os));
	tell(d, FINE, DONE, "versions", NULL, "volum %s, %s %s", VOLUM_VERSION,
	    os.sysname, os.release);
	tell(d, FINE, DONE, "libraries", NULL, "libcurl %s, %s, %s",
	    curl->version, curl->ssl_version, jq);
}

void
check_clock(struct doctor *d)
{
	const char *zone = getenv("VOLUM_TZ");
	char now[INSTANT_TEXT];
	struct error err;
	struct day today;

	instant_format(clock_now(&d->filter->clock), now);
	if (zone == NULL || *zone == '\0')
		zone = "America/Sao_Paulo";
	if (clock_today(&d->filter->clock, &today, &err) != DONE)
		tell_error(d, BAD_CONFIG, "clock",
		    N_("install tzdata, or mend VOLUM_TZ"), &err);
	else if (today.year < 2026)
		tell(d, FAILURE, BAD_CONFIG, "clock", N_("set it (NTP)"),
		    "it says %s", now);
	else
		tell(d, FINE, DONE, "clock", NULL,
		    "today is %04d-%02d-%02d in %s", today.year, today.month,
		    today.day, zone);
}

static void
check_disk(struct doctor *d, const char *name, const char *folder)
{
	struct statvfs fs;
	unsigned long long mb;

	if (statvfs(folder, &fs) != 0) {
		tell(d, FAILURE, BAD_CONFIG, name, NULL, "%s: %m", folder);
		return;
	}
	mb = (unsigned long long)fs.f_bavail * fs.f_frsize / 1000000;
	if (mb == 0 || fs.f_favail == 0)
		tell(d, FAILURE, OUTPUT_FAILED, name, N_("free some"),
		    "%s is on a full disk", folder);
	else
		tell(d, mb < LEAST_MB ? WARNING : FINE, DONE, name,
		    mb < LEAST_MB ? N_("free some") : NULL, "%llu MB free", mb);
}

/* Where answers wait that don't fit into memory. */
static void
check_temporary(struct doctor *d)
{
	const char *folder = getenv("TMPDIR");

	if (folder == NULL || *folder == '\0')
		folder = "/tmp";
	if (access(folder, W_OK | X_OK) != 0)
		tell(d, FAILURE, BAD_CONFIG, "temporary files",
		    N_("mend TMPDIR"), "%s: %m", folder);
	else
		check_disk(d, "temporary files", folder);
}

static void
check_state(struct doctor *d)
{
	char folder[PATH_MAX];
	struct error err;
	struct stat st;

	if (state_path("", folder, sizeof(folder), &err) != DONE) {
		tell_error(d, BAD_CONFIG, "state folder",
		    N_("e.g. VOLUM_STATE_DIR=/var/lib/volum"), &err);
		return;
	}
	if (folder[0] != '\0' && folder[strlen(folder) - 1] == '/')
		folder[strlen(folder) - 1] = '\0';
	if (stat(folder, &st) != 0) {
		tell(d, errno == ENOENT ? WARNING : FAILURE, BAD_CONFIG,
		    "state folder",
		    errno == ENOENT ? N_("the first run makes it") : NULL,
		    "%s: %m", folder);
		return;
	}
	if (!S_ISDIR(st.st_mode) || access(folder, R_OK | W_OK | X_OK) != 0)
		tell(d, FAILURE, BAD_CONFIG, "state folder",
		    N_("let this user own it"), "%s can't be written", folder);
	else if ((st.st_mode & 027) != 0)
		tell(d, WARNING, DONE, "state folder", N_("chmod 700 it"),
		    "%s has mode %04o", folder, (unsigned)(st.st_mode & 07777));
	else
		tell(d, FINE, DONE, "state folder", NULL, "%s", folder);
	check_letters(d, folder);
	check_disk(d, "disk", folder);
}

void
check_folder(struct doctor *d)
{
	check_state(d);
	check_temporary(d);
}
