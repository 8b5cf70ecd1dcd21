/* Personal data in logs and messages, cut to what a person can still match. */
#ifndef VOLUM_CORE_MASK_H
#define VOLUM_CORE_MASK_H

#include "core/buf.h"

/*
 * Appends `t` with every CNPJ (14, letters included, masked or bare), CPF (11
 * digits) and e-mail address in it masked as reference domain-br 4.1 says:
 * `12.***.***\/01DE-**`, `***456789**`, `f***@domain`. A SHA-256 stays whole.
 */
void mask_add(struct buf *out, struct text t);
/* A person's or company's name: first letter of each word, then `***`. */
void mask_name(struct buf *out, struct text name);

#endif
