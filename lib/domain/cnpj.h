/* A company's number: CNPJ of 14 characters, letters allowed, or a person's CPF
 * of 11 digits. Kept, compared and sorted in the bare upper-case form. */
#ifndef VOLUM_DOMAIN_CNPJ_H
#define VOLUM_DOMAIN_CNPJ_H

#include "core/buf.h"

enum {
	CNPJ_TEXT = 15,	  /* bare, with the NUL */
	CNPJ_MASKED = 19, /* 12.ABC.345/01DE-35, with the NUL */
};

enum cnpj_fault {
	CNPJ_OK,
	CNPJ_EMPTY,
	CNPJ_LENGTH,	 /* neither 14 nor 11 */
	CNPJ_CHARACTER,	 /* no letter, digit or separator; in a CPF no digit */
	CNPJ_LOWER_CASE, /* only upper case is issued */
	CNPJ_CHECK_LETTER, /* the last two are digits */
	CNPJ_ZEROS,	   /* passes the arithmetic, is none */
	CNPJ_REPEATED,	   /* all the same: every such CPF passes, too */
	CNPJ_CHECK_DIGIT
};

/* "vazio", "tamanho", ... (domain-br 1.2); "ok" for CNPJ_OK. */
const char *cnpj_fault_word(enum cnpj_fault f);

/* Strict, as Serpro's reference: `.` `/` `-` count for nothing wherever they
 * stand, letters are upper case, nothing else is let through. */
enum cnpj_fault cnpj_check(struct text t);

/*
 * For what people type: ASCII blanks at both ends go, letters become upper
 * case, then cnpj_check(). `bare` is filled on CNPJ_OK only.
 */
enum cnpj_fault cnpj_read(struct text t, char bare[CNPJ_TEXT]);

/* 12.ABC.345/01DE-35 or 111.444.777-35, of a bare number that was checked. */
void cnpj_format(const char *bare, char out[CNPJ_MASKED]);

#endif
