/* Steps and recommendations of several letters as those of one notice. */
#include <stdlib.h>
#include <string.h>

#include "draft/merge_int.h"

static const json_t *
action_at(const struct merger *g, size_t side, size_t index)
{
	return json_array_get(draft_get(g->sides[side], "/actions"), index);
}

/* Links of one id in all letters: the address that is printed in any of them. */
static json_t *
merged_links(struct merger *g, const char *list, const char *key)
{
	json_t *out = json_array();

	for (size_t i = 0; i < g->n; i++) {
		const json_t *from = draft_get(g->sides[i], list);

		for (size_t k = 0; k < json_array_size(from); k++) {
			static const char *const words[] = { "condition", "access", "contact" };
			const json_t *its = json_array_get(from, k);
			const char *id = json_string_value(json_object_get(its, "id"));
			struct merge_values v = { .n = 0 };
			const char *url;
			bool known = id == NULL;
			json_t *o;

			for (size_t m = 0; m < json_array_size(out) && !known; m++)
				known = strcmp(json_string_value(json_object_get(json_array_get(out, m), "id")), id) == 0;
			if (known)
				continue;
			for (size_t s = 0; s < g->n; s++) {
				const json_t *other = draft_get(g->sides[s], list);

				for (size_t m = 0; m < json_array_size(other); m++) {
					const json_t *link = json_array_get(other, m);
					const char *other_id = json_string_value(json_object_get(link, "id"));

					if (other_id != NULL && strcmp(other_id, id) == 0)
						merge_value_add(g, &v,
						    merge_url(g, json_string_value(json_object_get(link, "url"))),
						    merge_where(g, s, merge_text(g, "%s/%zu", list, m)));
				}
			}
			url = merge_decide(g, merge_text(g, "%s.links.%s.url", key, id), &v, false, "The address of the link");
			o = json_object();
			fp_json_set_str(o, "id", id);
			fp_json_set(o, "url", url != NULL ? json_string(url) : json_null());
			for (size_t w = 0; w < FP_COUNT(words); w++)
				fp_json_set_str(o, words[w], json_string_value(json_object_get(its, words[w])));
			if (json_object_get(o, "access") == NULL)
				fp_json_set_str(o, "access", "not-stated");
			(void)json_array_append_new(out, o);
		}
	}
	return out;
}

/* What most letters name the step, whichever of them is read first; of equals the first in the alphabet. NULL: none names it. */
static const char *
step_id(const struct merger *g, size_t k)
{
	const char *best = NULL;
	size_t most = 0;

	for (size_t i = 0; i < g->n; i++) {
		const char *id = json_string_value(json_object_get(action_at(g, i, k), "id"));
		size_t same = 0;

		for (size_t s = 0; s < g->n && id != NULL; s++) {
			const char *other = json_string_value(json_object_get(action_at(g, s, k), "id"));

			same += other != NULL && strcmp(other, id) == 0;
		}
		if (id != NULL && (same > most || (same == most && strcmp(id, best) < 0))) {
			most = same;
			best = id;
		}
	}
	return best;
}

static void
one_action(struct merger *g, size_t k)
{
	static const char *const reasons[] = { "none-at-site", "avoid-interruption", "planned", "transferred", "decommissioned",
		"not-ours", "unreachable" };
	static const char *const words[] = { "urgency", "only_when", "by" };
	static const char *const lists[] = { "requires", "side_effects", "involves" };
	const char *key = merge_text(g, "actions.%zu", k + 1), *id, *modes;
	json_t *o = json_object(), *not_done = json_array(), *verbs;
	struct merge_values v = { .n = 0 };

	id = step_id(g, k);
	merge_value_add(g, &v, id != NULL ? id : merge_text(g, "step-%zu", k + 1), "");
	id = merge_decide(g, merge_text(g, "%s.id", key), &v, true, merge_text(g, "A short name of step %zu", k + 1));
	modes = merge_decide_at(g, merge_text(g, "%s.modes", key), merge_text(g, "/actions/%zu/modes", k), true,
	    merge_text(g,
		"Step %zu: each (due separately in each boot mode) or once (one change covers all, or there are no modes)",
		k + 1));
	fp_json_set_str(o, "id", id);
	fp_json_set_int(o, "number", (int64_t)k + 1);
	fp_json_set_str(o, "modes", modes);
	verbs = merge_all(g, merge_text(g, "/actions/%zu/verbs", k), NULL);
	fp_json_set(o, "verbs",
	    merge_decided_list(g, merge_text(g, "%s.verbs", key), verbs,
		merge_text(g, "What step %zu asks for, in words like download, with commas", k + 1)));
	for (size_t w = 0; w < FP_COUNT(words); w++)
		fp_json_set_str(o, words[w],
		    merge_decide_at(g, merge_text(g, "%s.%s", key, words[w]), merge_text(g, "/actions/%zu/%s", k, words[w]),
			false, merge_text(g, "Step %zu: %s", k + 1, words[w])));
	for (size_t w = 0; w < FP_COUNT(lists); w++) {
		json_t *all = merge_all(g, merge_text(g, "/actions/%zu/%s", k, lists[w]), NULL);

		if (json_array_size(all) > 0)
			fp_json_set(o, lists[w], json_incref(all));
		json_decref(all);
	}
	for (size_t r = 0; r < FP_COUNT(reasons); r++)
		(void)json_array_append_new(not_done, json_string(reasons[r]));
	fp_json_set(o, "not_done", not_done);
	fp_json_set(o, "links", merged_links(g, merge_text(g, "/actions/%zu/links", k), key));
	/* No letter names checks of ours: the step rests on statements until somebody adds them. */
	fp_json_set(o, "checks", json_array());
	(void)draft_put(g->out, "/actions/-", o, NULL);
}

/* Letters that ask for as many steps as most of them do, or as a person says. Returns how many letters; *steps the number. */
static size_t
agreed_steps(struct merger *g, const struct draft **with, size_t *steps)
{
	struct merge_values v = { .n = 0 };
	size_t count[40], most = 0, n = 0;
	const char *said;

	for (size_t i = 0; i < g->n; i++) {
		count[i] = json_array_size(draft_get(g->sides[i], "/actions"));
		/* A letter in which none was found says nothing about them. */
		if (count[i] > 0)
			merge_value_add(g, &v, merge_text(g, "%zu", count[i]), merge_where(g, i, "/actions/0"));
	}
	said = merge_decide(g, "actions.count", &v, false,
	    "How many steps there are for the customer: only letters with that many are taken for them");
	*steps = said != NULL ? (size_t)strtoul(said, NULL, 10) : 0;
	for (size_t i = 0; i < g->n && said == NULL; i++) {
		size_t same = 0;

		for (size_t k = 0; k < g->n; k++)
			same += count[k] == count[i];
		if (count[i] > 0 && same > most) {
			most = same;
			*steps = count[i];
		}
	}
	for (size_t i = 0; i < g->n; i++)
		if (count[i] == *steps)
			with[n++] = g->sides[i];
	return n;
}

void
merge_actions(struct merger *g)
{
	const struct draft *const *all = g->sides;
	const struct draft *with[40];
	size_t steps = 0, n_all = g->n, n = agreed_steps(g, with, &steps);

	(void)draft_put(g->out, "/actions", json_array(), NULL);
	g->sides = with;
	g->n = n;
	for (size_t k = 0; n > 0 && k < steps; k++)
		one_action(g, k);
	g->sides = all;
	g->n = n_all;
}

void
merge_recommendations(struct merger *g)
{
	for (size_t i = 0; i < g->n; i++) {
		const json_t *list = draft_get(g->sides[i], "/recommendations");

		for (size_t k = 0; k < json_array_size(list); k++) {
			const char *id = json_string_value(json_object_get(json_array_get(list, k), "id"));
			const json_t *have = draft_get(g->out, "/recommendations");
			bool known = id == NULL;

			for (size_t m = 0; m < json_array_size(have) && !known; m++)
				known = strcmp(json_string_value(json_object_get(json_array_get(have, m), "id")), id) == 0;
			if (!known)
				(void)draft_put(g->out, "/recommendations/-",
				    json_pack("{s:s,s:o}", "id", id, "links",
					merged_links(g, merge_text(g, "/recommendations/%zu/links", k),
					    merge_text(g, "recommendations.%s", id))),
				    NULL);
		}
	}
}
