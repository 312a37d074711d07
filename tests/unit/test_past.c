/* Which finished campaign may prove a changed key, and how often: states put into a store by hand. */
#include "test.h"
#include "desk.h"
#include "pipeline/replay.h"

static const struct wn_choice kinds[] = { { "order", "" }, { "fault", "" } };
static struct wn_question question = { .name = "kind", .type = WN_CHOICE, .choices = kinds, .nchoices = 2 };
static struct wn_task task = {
    .name = "desk", .target_error = .1, .questions = &question, .nquestions = 1
};

/* One state of a key, and with `proof` the proof that it rests on. */
struct step {
    const char *key, *rest, *state; /* rest "behind": a model behind the local engine */
    enum { NONE, NEW, AGAIN } proof; /* again: the first one's, a warning came or went */
};

static void take(const struct step *s)
{
    struct wn_window_row w = { .cut_off = 200 };
    struct wn_proof_row p = { .cut_off = 200, .sample = 90, .why = s->key };
    struct wn_state_row st = {
        .plan = "plan", .rest = s->rest, .model = strcmp(s->rest, "behind") == 0 ? "linear>openai/x" : "linear", .state = s->state, .why = "so"
    };
    const struct wn_trust_change c = { .task = "desk",
                                       .key = s->key,
                                       .time = NOW,
                                       .window = s->proof == NEW ? &w : NULL,
                                       .proof = s->proof == NEW ? &p : NULL,
                                       .state = &st };
    st.proof = s->proof == AGAIN; /* that of id 1 */
    CHECK_OK(wn_trust_apply(wn.store, &c, &test_error));
}

TEST(the_newest_proof_that_stands_is_made_again_and_none_from_before_an_alarm)
{
    static const struct {
        struct step steps[6];
        const char *want_any, *want_release; /* whose campaign key "new" is tested on; NULL = none */
    } row[] = {
        { { { "a", "r", "cautious", NONE } }, NULL, NULL },
        { { { "a", "r", "certified", NEW } }, "a", "a" },
        { { { "a", "r", "certified", NEW }, { "b", "r", "cold", NONE } }, "a", "a" },
        { { { "a", "r", "certified", NEW }, { "b", "r", "certified", NEW } }, "b", "b" },
        { { { "a", "r", "certified", NEW }, { "b", "other", "certified", NEW } }, "b", "a" },
        { { { "a", "r", "provisional", NEW } }, NULL, NULL },
        { { { "a", "r", "certified", NEW }, { "a", "r", "suspended", NONE } }, NULL, NULL },
        { { { "a", "r", "certified", NEW },
            { "new", "r", "cold", NONE },
            { "new", "r", "certified", NEW },
            { "new", "r", "suspended", NONE },
            { "new", "r", "cold", NONE } }, /* a's campaign is from before the alarm */
          NULL,
          NULL },
        { { { "a", "r", "certified", NEW },
            { "b", "r", "suspended", NONE },
            { "b", "r", "cold", NONE },
            { "b", "r", "certified", NEW } },
          "b",
          "b" },
        { { { "a", "r", "certified", NEW },
            { "b", "other", "suspended", NONE },
            { "b", "other", "certified", NEW } },
          "b",
          NULL },
        { { { "a", "r", "certified", NEW },
            { "b", "r", "suspended", NONE },
            { "a", "r", "warn", AGAIN } }, /* it stands, but as it did before the alarm */
          NULL,
          NULL },
        { { { "a", "r", "certified", NEW }, { "a", "r", "warn", AGAIN } }, "a", "a" },
        { { { "a", "r", "certified", NEW }, { "b", "behind", "certified", NEW } },
          "a", /* the other had only what the local engine passed on */
          "a" },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        for (int release = 0; release < 2; release++) {
            struct wn_campaign_past p;
            const char *want = release ? row[i].want_release : row[i].want_any;
            enum wn_code rc;
            desk_open(NOW);
            for (size_t k = 0; k < COUNT(row[i].steps) && row[i].steps[k].key != NULL; k++)
                take(&row[i].steps[k]);
            wn_past_begin(&p, &wn, &task, NULL);
            rc = wn_past_find(&p, "new", release ? "r" : NULL, &test_error);
            CHECK_INT(rc, want == NULL ? WN_E_USAGE : WN_OK);
            CHECK_STR(want == NULL ? NULL : p.key, want);
            wn_past_clear(&p);
            desk_close();
        }
}

TEST(a_campaign_serves_so_many_keys_as_it_had_looks_each_once)
{
    static const char *const keys[] = { "b", "c", "d", "e", "f" };
    bool tested;
    desk_open(NOW);
    take(&(struct step){ "a", "r", "certified", NEW });
    for (size_t i = 0; i < COUNT(keys); i++) {
        struct wn_campaign_past p;
        wn_past_begin(&p, &wn, &task, NULL);
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
    desk_close();
}

/* A decision of the key, with random number u. */
static int64_t put(int n, const char *key, double u, const char *label, const char *source)
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
    r.stratum = wn_task_guard(&task, label) == NULL ? NULL : label;
    r.same_as = NULL;
    r.item_json = item;
    r.result_json = result;
    r.signals_json = NULL;
    return put_row(wn.store, &r);
}

TEST(the_pool_of_a_proof_made_again_is_the_campaign_s_with_the_new_answers)
{
    static const struct wn_trust_key key = { "new", "plan", "rest", "linear" };
    static struct wn_signals signals = WN_SIGNALS_NONE;
    const struct wn_decision fault = { .label = 1, .s = .95, .signals = &signals };
    struct wn_campaign_past p;
    struct wn_trial trial = WN_TRIAL_INIT;
    struct wn_arena a = WN_ARENA_INIT;
    static struct wn_tables t;
    bool found;
    desk_open(NOW);
    for (int i = 0; i < 10; i++)
        put(i, "a", .1 * i, "order", "old.csv:1");
    take(&(struct step){ "a", "r", "certified", NEW });
    put(10, "new", .05, "order", "inbox.mbox:1"); /* may have been asked about with the sample */
    put(11, "new", .75, "order", "inbox.mbox:2");
    CHECK_OK(wn_trial_load(&wn, &task, &key, NULL, &trial, &test_error));
    wn_past_begin(&p, &wn, &task, NULL);
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
    desk_close();
}

TEST(a_campaign_of_a_local_engine_that_passed_on_the_rest_is_none)
{
    struct wn_campaign_past p;
    desk_open(NOW);
    take(&(struct step){ "a", "r", "certified", NEW });
    take(&(struct step){ "b", "behind", "cold", NONE });
    wn_past_begin(&p, &wn, &task, NULL);
    CHECK_OK(wn_past_find(&p, "new", NULL, &test_error));
    wn_past_clear(&p);
    put(1, "b", .5, "order", "old.csv:1"); /* within its pool's time */
    wn_past_begin(&p, &wn, &task, NULL);
    CHECK_INT(wn_past_find(&p, "new", NULL, &test_error), WN_E_USAGE);
    CHECK(strstr(test_error.cause, "its items are those that the local engine kept for itself") != NULL);
    wn_past_clear(&p);
    desk_close();
}

/* Six items of each of two strata; of the guard's campaign four were drawn and reviewed, of the others' two. */
static void two_campaigns(void)
{
    static struct wn_guard guard = { .label = "fault", .target_error = .1 };
    task.guards = &guard;
    task.nguards = 1;
    for (int i = 0; i < 12; i++) {
        const bool fault = i % 2 != 0;
        const int64_t id = put(i, "a", .05 * (i + 1), fault ? "fault" : "order", "old.csv:1");
        const struct wn_review r = {
            .decision = id, .time = NOW, .verdict = "accept", .reviewer = "ada", .asked = "certification_sample"
        };
        int64_t review;
        if (i < (fault ? 8 : 4))
            CHECK_OK(wn_review_add(wn.store, &r, &review, &test_error));
    }
    take(&(struct step){ "a", "r", "certified", NEW });
}

TEST(what_is_given_another_guard_label_now_is_of_the_other_sample)
{
    static struct wn_signals signals = WN_SIGNALS_NONE;
    static struct wn_field_answer answer = { .question = "kind" };
    static const struct {
        int item;
        size_t now;                    /* 0: order, 1: fault */
        bool in_sample, wrong;         /* of the guard label, which had the lowest four of its own */
    } row[] = {
        { 1, 1, true, false },
        { 7, 1, true, false },
        { 9, 1, false, true },         /* past the highest that was drawn */
        { 0, 1, true, true },          /* was an order, and a person said so */
        { 6, 1, true, true },          /* was an order that nobody looked at */
        { 1, 0, true, true },          /* is of the other sample now */
    };
    struct wn_campaign_past p;
    struct wn_arena a = WN_ARENA_INIT;
    desk_open(NOW);
    two_campaigns();
    wn_past_begin(&p, &wn, &task, &task.guards[0]);
    p.proof = (struct wn_proof_row){ .cut_off = 200, .sample = 4 };
    p.key = "a";
    CHECK_OK(wn_past_load(&p, &test_error));
    CHECK_INT(p.nunits, 12);
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct wn_unit_row *u = &p.units[row[i].item];
        const struct wn_decision d = {
            .label = row[i].now, .s = .9, .signals = &signals, .answers = &answer, .nanswers = 1
        };
        struct wn_row kept;
        struct wn_item item;
        struct wn_result old;
        CHECK_OK(wn_past_read(&p, u, &a, &kept, &item, &old, &test_error));
        CHECK_INT(u->own, row[i].item % 2);
        CHECK_INT(wn_past_is_own(&p, &d), row[i].now);
        CHECK_INT(wn_past_in_sample(&p, u), row[i].in_sample);
        CHECK_INT(wn_past_wrong(&p, u, &kept, &old, &d, &a), row[i].wrong);
    }
    wn_past_clear(&p);
    wn_arena_free(&a);
    desk_close();
    task.guards = NULL;
    task.nguards = 0;
}
