/* One question over HTTP. */
#ifndef VOLUM_TRIGGER_SERVE_H
#define VOLUM_TRIGGER_SERVE_H

/* Answers it on stdout; afterwards what waits is run in the background. The
 * exit code is 0 whatever the answer: there was one. */
int serve(void);

#endif
