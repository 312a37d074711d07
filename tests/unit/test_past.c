/* Which finished campaign may prove a changed key, and how often: states put into a store by hand. */
#include "test.h"
#include "store_home.h"
#include "pipeline/replay.h"

static const struct wn_choice kinds[] = { { "order", "" }, { "fault", "" } };
static struct wn_question question = { .name = "kind", .type = WN_CHOICE, .choices = kinds, .nchoices = 2 };
static struct wn wn;
static struct wn_task task = {
    .name = "desk", .target_error = .1, .questions = &question, .nquestions = 1
};

static void begin(void)
{
    home_new();
    wn = (struct wn){ .store = store_open() };
}

static void end(void)
{
    CHECK_STR(verify_store(wn.store).all, "");
    wn_store_close(wn.store);
    home_remove();
}

/* One state of a key, and with `proof` the proof that it rests on. */
struct step {
    const char *key, *rest, *state;
    bool proof;
};

static void take(const struct step *s)
{
    struct wn_window_row w = { .cut_off = 200 };
    struct wn_proof_row p = { .cut_off = 200, .sample = 90, .why = s->key };
    struct wn_state_row st = {
        .plan = "plan", .rest = s->rest, .model = "linear", .state = s->state, .why = "so"
    };
    const struct wn_trust_change c = { .task = "desk",
                                       .key = s->key,
                                       .time = NOW,
                                       .window = s->proof ? &w : NULL,
                                       .proof = s->proof ? &p : NULL,
                                       .state = &st };
    CHECK_OK(wn_trust_apply(wn.store, &c, &test_error));
}

TEST(the_newest_proof_that_stands_is_made_again_and_none_from_before_an_alarm)
{
    static const struct {
        struct step steps[6];
        const char *want_any, *want_release; /* whose campaign key "new" is tested on; NULL = none */
    } row[] = {
        { { { "a", "r", "cautious", false } }, NULL, NULL },
        { { { "a", "r", "certified", true } }, "a", "a" },
        { { { "a", "r", "certified", true }, { "b", "r", "cold", false } }, "a", "a" },
        { { { "a", "r", "certified", true }, { "b", "r", "certified", true } }, "b", "b" },
        { { { "a", "r", "certified", true }, { "b", "other", "certified", true } }, "b", "a" },
        { { { "a", "r", "provisional", true } }, NULL, NULL },
        { { { "a", "r", "certified", true }, { "a", "r", "suspended", false } }, NULL, NULL },
        { { { "a", "r", "certified", true },
            { "new", "r", "cold", false },
            { "new", "r", "certified", true },
            { "new", "r", "suspended", false },
            { "new", "r", "cold", false } }, /* a's campaign is from before the alarm */
          NULL,
          NULL },
        { { { "a", "r", "certified", true },
            { "b", "r", "suspended", false },
            { "b", "r", "cold", false },
            { "b", "r", "certified", true } },
          "b",
          "b" },
        { { { "a", "r", "certified", true },
            { "b", "other", "suspended", false },
            { "b", "other", "certified", true } },
          "b",
          NULL },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        for (int release = 0; release < 2; release++) {
            struct wn_campaign_past p = { .wn = &wn, .task = &task };
            const char *want = release ? row[i].want_release : row[i].want_any;
            enum wn_code rc;
            begin();
            for (size_t k = 0; k < COUNT(row[i].steps) && row[i].steps[k].key != NULL; k++)
                take(&row[i].steps[k]);
            rc = wn_past_find(&p, "new", release ? "r" : NULL, &test_error);
            CHECK_INT(rc, want == NULL ? WN_E_USAGE : WN_OK);
            CHECK_STR(want == NULL ? NULL : p.key, want);
            wn_past_clear(&p);
            end();
        }
}

TEST(a_campaign_serves_so_many_keys_as_it_had_looks_each_once)
{
    static const char *const keys[] = { "b", "c", "d", "e", "f" };
    bool tested;
    begin();
    take(&(struct step){ "a", "r", "certified", true });
    for (size_t i = 0; i < COUNT(keys); i++) {
        struct wn_campaign_past p = { .wn = &wn, .task = &task };
        CHECK_INT(wn_past_can_test(&p, keys[i], i % 2 == 0 ? "r" : NULL), i < 4);
        if (i < 4) { /* by either way */
            const struct wn_drift_row drift = wn_past_test(&p, .5);
            CHECK_NEAR(drift.bound, .05 / 4);
            CHECK_INT(p.tests, i + 1);
            CHECK_OK(wn_trust_apply(
                wn.store,
                &(struct wn_trust_change){
                    .task = "desk", .key = keys[i], .time = NOW, .drift = &drift, .ndrift = 1 },
                &test_error));
            CHECK_OK(wn_past_tests(&p, keys[i], &tested, &test_error));
            CHECK(tested);
        } else {
            CHECK_INT(wn_past_tests(&p, keys[i], &tested, &test_error), WN_E_USAGE);
            CHECK(strstr(test_error.cause, "four others were tested on its reviews already") != NULL);
            CHECK_OK(wn_past_tests(&p, "e", &tested, &test_error));
            CHECK(tested); /* what was found stays to be told */
        }
        wn_past_clear(&p);
    }
    end();
}

/* A decision of the key, with random number u. */
static void put(int n, const char *key, double u, const char *label, const char *source)
{
    struct wn_row r = row_for(n);
    char item[200], result[200];
    snprintf(item, sizeof(item), "{\"id\":\"%d\",\"source\":\"%s\",\"text\":\"we want it\"}", n, source);
    snprintf(result, sizeof(result),
             "{\"route\":\"review\",\"label\":\"%s\",\"reasons\":[\"x\"],\"because\":[\"so\"]}", label);
    r.task = task.name;
    r.key = key;
    r.u = u;
    r.s = .55;
    r.fold = .9;
    r.stratum = NULL;
    r.same_as = NULL;
    r.item_json = item;
    r.result_json = result;
    r.signals_json = NULL;
    put_row(wn.store, &r);
}

TEST(the_pool_of_a_proof_made_again_is_the_campaign_s_with_the_new_answers)
{
    static const struct wn_trust_key key = { "new", "plan", "rest", "linear" };
    static struct wn_signals signals = WN_SIGNALS_NONE;
    const struct wn_decision fault = { .label = 1, .s = .95, .signals = &signals };
    struct wn_campaign_past p = { .wn = &wn, .task = &task };
    struct wn_trial trial = WN_TRIAL_INIT;
    struct wn_arena a = WN_ARENA_INIT;
    static struct wn_tables t;
    bool found;
    begin();
    for (int i = 0; i < 10; i++)
        put(i, "a", .1 * i, "order", "old.csv:1");
    take(&(struct step){ "a", "r", "certified", true });
    put(10, "new", .05, "order", "inbox.mbox:1"); /* may have been asked about with the sample */
    put(11, "new", .75, "order", "inbox.mbox:2");
    CHECK_OK(wn_trial_load(&wn, &task, &key, NULL, &trial, &test_error));
    CHECK_OK(wn_past_find(&p, "new", NULL, &test_error));
    p.proof.sample = 4;
    CHECK_OK(wn_past_load(&p, &test_error));
    for (size_t i = 0; i < p.nunits; i++)
        if (wn_past_in_sample(&p, &p.units[i]))
            wn_past_said(&p, &p.units[i], &fault);
    CHECK_OK(wn_tables_get(wn.store, 7, &a, &t, &found, &test_error));
    CHECK(!found);
    CHECK_OK(wn_past_keep_pool(&p, &trial, 7, &test_error));
    CHECK_OK(wn_tables_get(wn.store, 7, &a, &t, &found, &test_error));
    CHECK(found);
    CHECK_INT(t.n, 10); /* texts and sources of the campaign's pool */
    CHECK_INT(t.source.n, 1);
    CHECK_STR(t.source.list[0].name, "csv");
    CHECK_INT(t.label.n, 2); /* answers of the new key: of four it was asked about, of one it met itself */
    CHECK_STR(t.label.list[0].name, "fault");
    CHECK_INT(t.label.list[0].n, 4);
    CHECK_INT(t.label.list[1].n, 1);
    CHECK_INT(t.score[9], 4);
    CHECK_INT(t.score[5], 1);
    wn_trial_clear(&trial);
    wn_past_clear(&p);
    wn_arena_free(&a);
    end();
}
