/* One key on trial, with decisions and reviews put into a store by hand. The task's target is 10 %, so
 * the looks are at 90, 180, 360 and 720 reviews. */
#include "test.h"
#include "desk.h"
#include "pipeline/trial.h"

enum { LOOK = 90 };

static struct wn_task task = { .name = "desk", .target_error = .1 };
static struct wn_trial trial;

static void begin(void)
{
    desk_open(NOW);
    task.before_proof_review = false;
}

static void end(void)
{
    wn_trial_clear(&trial);
    desk_close();
}

static void load_as(const struct wn_task *t, const char *key)
{
    const struct wn_trust_key k = { key, "plan", "rest", "linear" };
    wn_trial_clear(&trial);
    CHECK_OK(wn_trial_load(&wn, t, &k, "ada", &trial, &test_error));
}

static void load(const char *key)
{
    load_as(&task, key);
}

/* A decision; its random number and score are spread evenly, and independent of each other. */
static struct wn_row row_of(const char *key, enum wn_route route, struct wn_row with)
{
    struct wn_row r = row_for(++made);
    r.task = task.name;
    r.key = key;
    r.route = route;
    r.same_as = NULL;
    r.created = wn_clock_now();
    r.u = with.u > 0 ? with.u : fmod(made * .6180339887, 1);
    r.s = with.s > 0 ? with.s : fmod(made * .7548776662, 1);
    r.fold = with.fold > 0 ? with.fold : .9;
    r.pi = with.pi;
    r.hard_flag = with.hard_flag;
    r.stratum = with.stratum;
    r.item_json = "{\"text\":\"all texts look alike\"}";
    return r;
}

static int64_t put(const char *key, enum wn_route route, struct wn_row with)
{
    const struct wn_row r = row_of(key, route, with);
    return put_row(wn.store, &r);
}

static void put_many(const char *key, int n)
{
    for (int i = 0; i < n; i++)
        put(key, WN_REVIEW, (struct wn_row){ 0 });
}

static void review(int64_t id, bool wrong)
{
    const struct wn_review r = { .decision = id,
                                 .time = wn_clock_now(),
                                 .verdict = wrong ? "unsure" : "accept",
                                 .reviewer = "ada",
                                 .asked = "certification_sample",
                                 .wrong = wrong };
    int64_t review_id;
    CHECK_OK(wn_review_add(wn.store, &r, &review_id, &test_error));
    CHECK_OK(wn_trial_reviewed(&trial, id, review_id, wrong, &test_error));
}

/* Review what is drawn; wrong where the score is below `limit`. How many there were. */
static int review_sample(double limit)
{
    int64_t ids[LOOK * 2];
    size_t at_unit[LOOK * 2], n = 0;
    for (size_t i = 0; i < trial.campaign.n && n < COUNT(ids); i++)
        if (trial.units[trial.sample[i]].review == 0) {
            at_unit[n] = trial.sample[i];
            ids[n] = trial.units[at_unit[n]].id;
            n++;
        }
    for (size_t i = 0; i < n; i++)
        review(ids[i], trial.units[at_unit[i]].s < limit);
    return (int)n;
}

static void certify(const char *key)
{
    put_many(key, 200);
    load(key);
    CHECK_INT(review_sample(0), LOOK);
    CHECK_INT(trial.state, WN_CERTIFIED);
}

TEST(the_first_key_of_a_task_starts_as_the_task_says)
{
    begin();
    load("a");
    CHECK_INT(trial.state, WN_CAUTIOUS);
    CHECK_INT(trial.next, LOOK);
    load("a");
    CHECK_STR(trial.row.why, "the first items of this task");
    end();
    begin();
    task.before_proof_review = true;
    load("a");
    CHECK_INT(trial.state, WN_COLD);
    end();
}

TEST(a_key_that_follows_a_proved_one_starts_cold_and_says_so)
{
    begin();
    load("a");
    load("b");
    CHECK_INT(trial.state, WN_CAUTIOUS); /* nothing was proved that could be lost */
    CHECK_STR(said, "");
    certify("b");
    said[0] = '\0';
    load("c");
    CHECK_INT(trial.state, WN_COLD);
    CHECK(strstr(said, "desk: model, prompt, rules or local engine changed since the proof") !=
          NULL);
    load("b");
    CHECK_INT(trial.state, WN_CERTIFIED); /* its proof is its own */
    end();
}

TEST(a_look_happens_when_all_of_its_sample_is_reviewed_and_not_before)
{
    begin();
    put_many("a", 300);
    load("a");
    CHECK_INT(trial.campaign.n, LOOK);
    for (size_t i = 0; i < LOOK - 1; i++)
        review(trial.units[trial.sample[i]].id, false);
    CHECK_INT(trial.state, WN_CAUTIOUS);
    CHECK_INT(trial.window.n, LOOK - 1);
    review(trial.units[trial.sample[LOOK - 1]].id, false);
    CHECK_INT(trial.state, WN_CERTIFIED);
    CHECK_INT(trial.proof.g, 20);
    CHECK_INT(trial.proof.n, LOOK);
    CHECK_INT(trial.next, 2 * LOOK);
    load("a"); /* it is kept */
    CHECK_INT(trial.state, WN_CERTIFIED);
    CHECK_INT(trial.proof.sample, LOOK);
    CHECK_INT(trial.window.look, 1);
    end();
}

TEST(the_threshold_leaves_out_the_scores_that_are_often_wrong)
{
    begin();
    put_many("a", 400);
    load("a");
    review_sample(.3);
    CHECK_INT(trial.state, WN_CERTIFIED);
    CHECK(trial.proof.tau > .2 && trial.proof.tau < .6);
    CHECK(trial.proof.upper <= task.target_error);
    end();
}

TEST(a_sample_is_the_lowest_random_numbers_of_what_may_prove_something)
{
    int64_t first;
    begin();
    put("a", WN_REVIEW, (struct wn_row){ .u = .0001, .hard_flag = true });
    put("a", WN_REVIEW, (struct wn_row){ .u = .0002, .fold = .1 }); /* it is learned from */
    put("b", WN_REVIEW, (struct wn_row){ .u = .0003 });             /* another key's */
    first = put("a", WN_REVIEW, (struct wn_row){ .u = .0004 });
    put_many("a", 200);
    load("a");
    CHECK_INT(trial.units[trial.sample[0]].id, first);
    for (size_t i = 1; i < trial.campaign.n; i++)
        CHECK(trial.units[trial.sample[i]].u > trial.units[trial.sample[i - 1]].u);
    end();
}

TEST(nothing_is_swapped_out_once_the_sample_is_drawn)
{
    int64_t before;
    begin();
    put_many("a", 120);
    load("a");
    before = trial.units[trial.sample[LOOK - 1]].id;
    for (int i = 0; i < 50; i++)
        put("a", WN_REVIEW, (struct wn_row){ .u = .00001 * (i + 1) });
    load("a");
    CHECK_INT(trial.units[trial.sample[LOOK - 1]].id, before);
    CHECK_INT(trial.eligible, 120);
    end();
}

TEST(with_too_few_items_it_waits_for_more)
{
    begin();
    put_many("a", 40);
    load("a");
    CHECK_INT(review_sample(0), 40);
    CHECK_INT(trial.state, WN_CAUTIOUS);
    CHECK_INT(trial.window.cut_off, 0);
    CHECK_INT(trial.window.n, 40);
    put_many("a", 50);
    load("a");
    CHECK_INT(review_sample(0), 50);
    CHECK_INT(trial.state, WN_CERTIFIED);
    end();
}

TEST(after_four_failed_looks_only_new_items_count)
{
    begin();
    put_many("a", 800);
    load("a");
    for (int look = 1; look <= 4; look++) {
        while (trial.window.look < look && review_sample(2) > 0)
            ;
        CHECK_INT(trial.state, WN_CAUTIOUS);
    }
    CHECK(strstr(said, "look 4 at 720 sampled reviews (720 wrong): not proved") != NULL);
    load("a");
    CHECK_INT(trial.window.look, 0);
    CHECK_INT(trial.window.start, 800);
    CHECK_INT(trial.eligible, 0);
    put_many("a", 100);
    load("a");
    CHECK_INT(trial.campaign.n, LOOK);
    CHECK(trial.units[trial.sample[0]].id > 800);
    end();
}

TEST(a_guard_label_is_proved_by_itself_and_the_others_without_it)
{
    const struct wn_guard guard = { "spam", .2, true, .5 };
    struct wn_task spam = wn_task_stratum(&task, &guard);
    begin();
    for (int i = 0; i < 60; i++)
        put("a", WN_REVIEW, (struct wn_row){ .stratum = "spam" });
    put_many("a", 200);
    load_as(&spam, "a");
    CHECK_INT(trial.state, WN_COLD); /* a guard label is reviewed until it is proved */
    CHECK_INT(trial.next, 40);       /* its target is 20 % */
    CHECK_INT(trial.nunits, 60);
    CHECK_INT(review_sample(0), 40);
    CHECK_INT(trial.state, WN_CERTIFIED);
    CHECK(strstr(said, "desk (spam): look 1 at 40 sampled reviews") != NULL);
    CHECK_NEAR(wn_trial_audit_rate(&trial), .5);
    load("a");
    CHECK_INT(trial.state, WN_CAUTIOUS); /* which proves nothing of the others */
    CHECK_INT(trial.nunits, 200);
    CHECK_OK(wn_trial_suspend(&trial, "a test", NULL, &test_error));
    load_as(&spam, "a");
    CHECK_INT(trial.state, WN_CERTIFIED);
    load_as(&spam, "b"); /* another model */
    CHECK_INT(trial.state, WN_COLD);
    load("c");
    wn_trial_clear(&trial);
    const struct wn_trust_key c = { "c", NULL, NULL, NULL }; /* somebody looks before any spam came */
    CHECK_OK(wn_trial_load(&wn, &spam, &c, NULL, &trial, &test_error));
    CHECK_STR(trial.row.model, "linear");
    CHECK_STR(trial.row.plan, "plan");
    end();
}

TEST(another_text_in_the_same_place_of_a_file_is_another_item)
{
    struct wn_row r;
    begin();
    for (int i = 0; i < 3; i++) {
        r = row_for(7); /* leads.csv:7 of this week, of the next; and the first one again */
        r.task = task.name;
        r.key = "a";
        r.stratum = NULL;
        r.positional = true;
        r.content = i == 1 ? "other" : "text";
        r.content_len = strlen(r.content);
        r.u = i == 1 ? .3 : .6;
        r.same_as = i == 2 ? "decided otherwise" : NULL;
        put_row(wn.store, &r);
    }
    load("a");
    CHECK_INT(trial.nunits, 3);
    CHECK(trial.units[0].first && trial.units[1].first && !trial.units[2].first);
    end();
}

static int64_t accept(void)
{
    return put("a", WN_AUTO, (struct wn_row){ .u = .05, .pi = .2, .s = .9 });
}

TEST(wrong_audits_warn_and_then_suspend_until_new_items_are_proved)
{
    static const enum wn_state after[] = { WN_CERTIFIED, WN_CERTIFIED, WN_STATE_WARN, WN_STATE_WARN,
                                           WN_SUSPENDED };
    int64_t ids[5], passed;
    begin();
    certify("a");
    passed = put("a", WN_AUTO, (struct wn_row){ .u = .5, .pi = .2 }); /* not drawn */
    for (size_t i = 0; i < COUNT(ids); i++)
        ids[i] = accept();
    load("a");
    CHECK_INT(trial.audits_due, 5);
    review(passed, true);
    CHECK_INT(trial.audits, 0);
    for (size_t i = 0; i < COUNT(ids); i++) {
        review(ids[i], true);
        CHECK_INT(trial.state, after[i]);
    }
    CHECK(strstr(said, "suspended, nothing is accepted alone any more: 5 of 5 audited") != NULL);
    load("a");
    CHECK_INT(trial.state, WN_SUSPENDED);
    CHECK_INT(trial.proof.id, 0);
    CHECK_INT(trial.eligible, 0); /* what came before the alarm proves nothing any more */
    CHECK_STR(trial.row.why, "5 of 5 audited decisions were wrong");

    load("b"); /* a changed prompt is no way round it */
    CHECK_INT(trial.state, WN_SUSPENDED);

    put_many("a", 100);
    load("a");
    CHECK_INT(trial.state, WN_COLD);
    CHECK_INT(review_sample(0), LOOK);
    CHECK_INT(trial.state, WN_CERTIFIED);
    end();
}

TEST(right_audits_change_nothing_and_a_corrected_review_counts_once)
{
    int64_t id = 0;
    begin();
    certify("a");
    for (int i = 0; i < 30; i++)
        id = accept();
    load("a");
    for (size_t i = 0; i < trial.nunits; i++)
        if (trial.units[i].route == WN_AUTO)
            review(trial.units[i].id, false);
    CHECK_INT(trial.audits, 30);
    review(id, true);
    CHECK_INT(trial.audits, 30);
    CHECK_INT(trial.audits_wrong, 1);
    CHECK_INT(trial.state, WN_CERTIFIED);
    end();
}

TEST(audits_that_nobody_makes_suspend)
{
    begin();
    certify("a");
    for (int i = 0; i < 4; i++)
        accept();
    load("a");
    for (int i = 0; i < 2; i++)
        review(trial.units[trial.nunits - 1 - (size_t)i].id, false);
    at(NOW + 13 * DAY);
    load("a");
    CHECK_INT(trial.state, WN_CERTIFIED);
    at(NOW + 15 * DAY);
    load("a");
    CHECK_INT(trial.state, WN_SUSPENDED);
    CHECK_STR(trial.row.why, "2 of 4 audits wait for more than two weeks");
    end();
}

TEST(scores_that_are_spread_otherwise_suspend)
{
    begin();
    certify("a");
    at(NOW + DAY);
    put_many("a", 150);
    load("a");
    CHECK_INT(trial.state, WN_CERTIFIED);
    at(NOW + 9 * DAY);
    for (int i = 0; i < 150; i++)
        put("a", WN_REVIEW, (struct wn_row){ .s = .95 });
    load("a");
    CHECK_INT(trial.state, WN_SUSPENDED);
    CHECK(strstr(trial.row.why, "the answers of the last 7 days are surer than when it was proved (it "
                                "moved by ") == trial.row.why);
    end();
}

/* Glance at the key, and hold that against what is reckoned from all of its decisions. */
static void glance(const struct wn_task *t, bool from_memory)
{
    const struct wn_trust_key k = { "a", "plan", "rest", "linear" };
    struct wn_display shown, want;
    struct wn_trial brief;
    double rate;
    CHECK_OK(wn_trial_glance(&wn, t, &k, &brief, &test_error));
    CHECK_INT(brief.glance != NULL, from_memory);
    CHECK_INT(brief.nunits == 0, from_memory);
    rate = wn_trial_audit_rate(&brief);
    wn_trial_display(&brief, &shown);
    load_as(t, "a");
    wn_trial_display(&trial, &want);
    CHECK_NEAR(rate, wn_trial_audit_rate(&trial));
    CHECK_INT(shown.n, want.n);
    CHECK_INT(shown.calibrated, want.calibrated);
    for (double z = -3; z < 4; z += .5)
        CHECK_NEAR(wn_display(&shown, z), wn_display(&want, z));
    CHECK_INT(brief.state, trial.state);
    CHECK_INT(brief.proof.id, trial.proof.id);
    CHECK_INT(brief.window.n, trial.window.n);
    CHECK_INT(brief.window.look, trial.window.look);
    wn_trial_clear(&brief);
}

static void accept_many(int n, const char *stratum)
{
    for (int i = 0; i < n; i++) { /* many in one transaction */
        const struct wn_row r = row_of("a", WN_AUTO, (struct wn_row){ .pi = .2, .stratum = stratum });
        CHECK_OK(wn_results_put(wn.store, &r, NULL, &test_error));
    }
}

TEST(what_a_run_needs_is_kept_and_holds_as_long_as_it_is_so)
{
    const struct wn_guard guard = { "spam", .1, true, .3 };
    const struct wn_task spam = wn_task_stratum(&task, &guard);
    struct wn_forgotten gone;
    struct wn_review r = { .time = NOW, .verdict = "accept", .reviewer = "ada" };
    int64_t last;
    begin();
    put_many("a", 200);
    glance(&task, false);
    CHECK_INT(sql_number("SELECT count(*) FROM kept WHERE kind = 'glance'"), 0); /* so few cost nothing */
    accept_many(2000, NULL);
    accept_many(20, "spam");
    load("a");
    review_sample(.3);
    CHECK_INT(trial.state, WN_CERTIFIED);
    glance(&task, false);
    glance(&task, true);
    accept_many(30, NULL); /* counted on */
    put_many("a", 10);
    accept_many(3, "spam");
    glance(&task, true);
    glance(&spam, false); /* of those there are few */
    last = accept();
    review(last, false); /* a review may change anything */
    glance(&task, false);
    glance(&task, true);
    r.decision = last;
    CHECK_OK(wn_review_add(wn.store, &r, &last, &test_error));
    CHECK_OK(wn_review_undo(wn.store, last, NOW, &test_error));
    glance(&task, false);
    glance(&task, true);
    CHECK_OK(wn_store_forget(wn.store, "leads.csv:300", NULL, NOW, &gone, &test_error));
    CHECK_INT(gone.decisions, 1);
    glance(&task, false);
    glance(&task, true);
    at(NOW + DAY); /* what is due once a day */
    glance(&task, false);
    glance(&task, true);
    CHECK_OK(wn_trial_suspend(&trial, "a test", NULL, &test_error));
    glance(&task, false);
    glance(&task, false); /* every new item may be drawn now */
    end();
}

TEST(a_second_person_s_word_overrules_nothing)
{
    struct wn_arena a = WN_ARENA_INIT;
    const char *verdict = NULL, *correction = NULL;
    struct wn_row row;
    struct wn_review r = { .time = NOW, .verdict = "accept", .reviewer = "ada" };
    int64_t review_id;
    begin();
    r.decision = put("a", WN_REVIEW, (struct wn_row){ 0 });
    CHECK_OK(wn_review_add(wn.store, &r, &review_id, &test_error));
    r.verdict = "correct";
    r.correction_json = "{\"kind\":\"fault\"}";
    r.reviewer = "ben";
    r.asked = "second_review";
    r.wrong = true;
    CHECK_OK(wn_review_add(wn.store, &r, &review_id, &test_error));
    load("a");
    CHECK(!trial.units[0].wrong);
    CHECK(trial.units[0].mine);
    CHECK(trial.units[0].twice);
    CHECK_OK(
        wn_review_twice_after(wn.store, "desk", 0, &a, &row, &verdict, &correction, &test_error));
    CHECK_INT(row.id, r.decision);
    CHECK_STR(row.verdict, "accept");
    CHECK_STR(verdict, "correct");
    CHECK_STR(correction, "{\"kind\":\"fault\"}");
    CHECK_OK(wn_review_twice_after(wn.store, "desk", row.id, &a, &row, &verdict, &correction,
                                   &test_error));
    CHECK_INT(row.id, 0);
    wn_arena_free(&a);
    end();
}

TEST(a_state_that_was_changed_by_hand_is_found_and_not_believed)
{
    const struct wn_trust_key k = { "a", "plan", "rest", "linear" };
    begin();
    load("a");
    wn_trial_clear(&trial);
    wn_store_close(wn.store);
    tamper("UPDATE states SET state = 'certified'");
    wn.store = store_open();
    CHECK_INT(wn_trial_load(&wn, &task, &k, NULL, &trial, &test_error), WN_E_STORE);
    CHECK_STR(test_error.what, "states row 1: its columns do not fit its mac");
    wn_trial_clear(&trial);
    wn_store_close(wn.store);
    home_remove();
}
