/* Between contract_check.c, contract_total.c and contract_lengths.c. */
#ifndef VOLUM_DOMAIN_CONTRACT_INTERNAL_H
#define VOLUM_DOMAIN_CONTRACT_INTERNAL_H

#include "domain/contract.h"
#include "domain/money.h"

/* The numbers of an itemCabecalho, in millionths. */
struct item_price {
	int64_t quant, unit;
	int64_t discount; /* cTpDesconto V */
	int64_t percent;  /* cTpDesconto P */
};

/* Items are added in 10^-20: quantity, price and percentage multiplied. */
#define ITEM_CENT ((wide)1000000000000000000)

/*
 * What an item costs, exactly, in 10^-20; `*gross` (may be NULL) before the
 * discount. False: 10^15 units or more, or a discount above 100 %.
 */
bool item_net(const struct item_price *p, wide *net, wide *gross);

/* No text is longer than Omie takes it (omie-api 5.2). */
enum status contract_check_lengths(struct value contract, struct error *err);

/* Members that Omie computes: never compared and never sent back. */
bool contract_is_computed(struct text name);
/* Omie answers numbers as numbers or as text: the digits, or the text. */
struct text contract_plain(struct value v);
/* Absent, null, "", 0, {} and "N" all say nothing (omie-api 1.3, 5.2). */
bool contract_is_nothing(struct value v);
#endif
