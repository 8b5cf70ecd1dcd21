/* Clients and contracts in memory (10.2). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/omie-sim/sim.h"
#include "sim/seed.h"

/* Ids beyond 32 bits (1.3 [R], 10.2). */
enum id_start {
	FIRST_CLIENT = 4477000001,
	FIRST_CONTRACT = 7700000001,
	FIRST_ITEM = 8800000001,
	FIRST_ORDER = 9900000001
};

/* Where `id` stands or belongs in an array of pointers to structs that begin
 * with their id. */
static size_t
place_of(void *const *items, size_t count, int64_t id)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (*(const int64_t *)items[middle] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void *
insert(void **items, size_t *count, size_t *room, void *item)
{
	size_t at;

	if (*count == *room) {
		*room = *room == 0 ? 256 : *room * 2;
		items = mem_realloc(items, *room * sizeof(*items));
	}
	at = place_of(items, *count, *(const int64_t *)item);
	memmove(items + at + 1, items + at, (*count - at) * sizeof(*items));
	items[at] = item;
	++*count;
	return items;
}

static void *
item_by_id(void *const *items, size_t count, int64_t id)
{
	size_t at = place_of(items, count, id);

	return at < count && *(const int64_t *)items[at] == id ? items[at]
							       : NULL;
}

struct client *
client_by_id(const struct state *s, int64_t id)
{
	return item_by_id((void *const *)s->clients, s->client_count, id);
}

struct client *
client_by_code(const struct state *s, struct text code)
{
	return code.len == 0 ? NULL : table_get(&s->client_codes, code);
}

static struct text
document_key(const char *document)
{
	return text_of(document + strspn(document, "0"));
}

struct client *
client_by_document(
    const struct state *s, const char *document, const struct client *other)
{
	struct text key = document_key(document);
	struct client *found;

	if (document[0] == '\0')
		return NULL;
	found = table_get(&s->client_documents, key);
	if (found == NULL || found != other)
		return found;
	/* `other` came first: is there one behind it? Rare, so look at all. */
	for (size_t i = 0; i < s->client_count; i++)
		if (s->clients[i] != other &&
		    text_same(document_key(s->clients[i]->document), key))
			return s->clients[i];
	return NULL;
}

static void
forget_keys(struct state *s, struct client *client)
{
	table_drop(&s->client_codes, text_of(client->code), client);
	table_drop(
	    &s->client_documents, document_key(client->document), client);
	free(client->code);
	free(client->document);
	free(client->name);
	free(client->json);
}

static char *
client_json(struct value members, const char *document)
{
	static const char *const own[] = { "codigo_cliente_omie", "cnpj_cpf",
		NULL };
	struct buf b = BUF_INIT;
	char formatted[DOCUMENT_SIZE];

	document_format(document, formatted);
	build_open(&b, '{');
	build_str_member(&b, "cnpj_cpf", formatted); /* 4.2: formatted */
	build_members_but(&b, members, own);
	build_close(&b, '}');
	return (char *)buf_cstr(&b);
}

struct client *
client_store(struct state *s, struct client *client, int64_t id,
    struct value members, int64_t now)
{
	struct text code =
	    value_text(value_member(members, "codigo_cliente_integracao"));
	char document[DOCUMENT_SIZE];
	bool is_new = client == NULL;

	document_normalise(
	    value_text(value_member(members, "cnpj_cpf")), document);
	if (is_new) {
		client = mem_zalloc(sizeof(*client));
		client->id = id > 0 ? id : s->next_client;
		client->included = now;
		if (client->id >= s->next_client)
			s->next_client = client->id + 1;
		s->clients = (struct client **)insert((void **)s->clients,
		    &s->client_count, &s->client_room, client);
	} else {
		forget_keys(s, client);
	}
	client->code = mem_text(code);
	client->document = mem_strdup(document);
	client->name =
	    mem_text(value_text(value_member(members, "razao_social")));
	client->json = client_json(members, document);
	client->altered = now;
	if (code.len > 0)
		table_put(&s->client_codes, code, client);
	if (document[0] != '\0')
		table_put(&s->client_documents, document_key(client->document),
		    client);
	return client;
}

void
client_drop(struct state *s, struct client *client)
{
	size_t at =
	    place_of((void *const *)s->clients, s->client_count, client->id);

	memmove(s->clients + at, s->clients + at + 1,
	    (s->client_count - at - 1) * sizeof(struct client *));
	s->client_count--;
	forget_keys(s, client);
	free(client);
}

struct contract *
contract_by_id(const struct state *s, int64_t id)
{
	return item_by_id((void *const *)s->contracts, s->contract_count, id);
}

struct contract *
contract_by_code(const struct state *s, struct text code)
{
	return code.len == 0 ? NULL : table_get(&s->contract_codes, code);
}

struct contract *
contract_new(struct state *s, int64_t now)
{
	struct contract *contract = mem_zalloc(sizeof(*contract));

	contract->id = s->next_contract++;
	contract->code = mem_strdup("");
	contract->included = contract->altered = now;
	s->contracts = (struct contract **)insert((void **)s->contracts,
	    &s->contract_count, &s->contract_room, contract);
	return contract;
}

void
contract_rename(struct state *s, struct contract *contract, struct text code)
{
	if (contract->code[0] != '\0')
		table_drop(
		    &s->contract_codes, text_of(contract->code), contract);
	free(contract->code);
	contract->code = mem_text(code);
	if (code.len > 0)
		table_put(&s->contract_codes, code, contract);
}

/* 5.4 [R]: right after a write a consult may still show the old value. For a
 * new contract the old value is "none": [I], the harder reading. */
const char *
contract_seen(const struct contract *contract, int64_t now)
{
	return now >= contract->visible_at ? contract->json : contract->shown;
}

/* The company that volum-sim knows under the same number; every seventh has
 * letters in its document (7). */
static void
seed_client(struct state *s, const struct settings *set, int64_t n)
{
	char document[SEED_CNPJ], name[SEED_NAME];
	struct buf b = BUF_INIT;
	struct call scratch = { 0 };
	struct client *client;

	seed_cnpj((uint64_t)set->seed, (uint64_t)n, document);
	seed_name((uint64_t)set->seed, (uint64_t)n, name);
	buf_printf(&b,
	    "{\"codigo_cliente_integracao\":\"EMP-%lld\",\"razao_social\":"
	    "\"%s\",\"nome_fantasia\":\"Exemplo %lld\",\"cnpj_cpf\":\"%s\","
	    "\"cidade\":\"PETROPOLIS (RJ)\",\"estado\":\"RJ\",\"email\":"
	    "\"empresa%lld@example.invalid\",\"inativo\":\"N\"}",
	    (long long)n, name, (long long)n, document, (long long)n);
	client = client_store(
	    s, NULL, 0, call_parse(&scratch, buf_text(&b)), sim_now());
	client->by_api = client->altered_by_api = true;
	call_clear(&scratch);
	buf_clear(&b);
}

void
state_init(struct state *s, const struct settings *set)
{
	*s = (struct state){
		.next_client = FIRST_CLIENT,
		.next_contract = FIRST_CONTRACT,
		.next_item = FIRST_ITEM,
		.next_order = FIRST_ORDER,
	};
	for (int64_t n = 1; n <= set->clients; n++)
		seed_client(s, set, n);
}
