/* Weights of the score learned from reviews, with decisions put into a store by hand. */
#include "test.h"
#include "store_home.h"
#include "pipeline/weights.h"

static struct wn_arena arena = WN_ARENA_INIT;
static struct wn wn;
static struct wn_question question = { .name = "kind", .type = WN_CHOICE };
static struct wn_task task = {
    .name = "desk", .target_error = .1, .questions = &question, .nquestions = 1
};

/* A reviewed decision: what its model says of itself, what a second one says, and whether it is right. */
static void put(int i, double vc, double xp, bool right, double fold)
{
    struct wn_row r = row_for(i);
    struct wn_review v = { .time = NOW, .verdict = "accept", .reviewer = "ada", .wrong = !right };
    int64_t id;
    r.task = task.name;
    r.key = "k";
    r.route = WN_REVIEW;
    r.stratum = NULL;
    r.same_as = NULL;
    r.u = fmod(i * .6180339887, 1);
    r.fold = fold;
    r.signals_json = wn_arena_printf(
        &arena, "[{\"q\":\"kind\",\"source\":\"none\",\"vc\":%.3f,\"xp\":%.3f,\"ev\":0}]", vc, xp);
    v.decision = put_row(wn.store, &r);
    CHECK_OK(wn_review_add(wn.store, &v, &id, &test_error));
}

/* n decisions of the fold; where `by_second`, the second opinion knows and the first says the contrary. */
static void fill(int from, int n, bool by_second, double fold)
{
    for (int i = from; i < from + n; i++) {
        bool right = i % 4 != 0, noise = i % 11 == 0;
        put(i, by_second && right ? .55 : .9, right != noise ? .9 : .2, right, fold);
    }
}

static void begin(void)
{
    home_new();
    wn = (struct wn){ .store = store_open() };
}

static void end(void)
{
    CHECK_STR(verify_store(wn.store).all, "");
    wn_store_close(wn.store);
    wn_arena_free(&arena);
    home_remove();
}

static bool train(struct wn_weight_set *w)
{
    bool better;
    CHECK_OK(wn_weights_train(&wn, &task, "k", &arena, w, &better, &test_error));
    return better;
}

TEST(weights_are_learned_from_enough_reviews_of_the_fit_fold_alone)
{
    struct wn_weight_set w;
    begin();
    fill(1, 600, true, .9); /* they prove, and teach nothing */
    CHECK(!train(&w));
    CHECK_INT(w.n, 0);
    fill(1001, WN_WEIGHTS_REVIEWS - 1, true, .1);
    CHECK(!train(&w) && isnan(w.after));
    CHECK_INT(w.n, WN_WEIGHTS_REVIEWS - 1);
    fill(2001, 1, true, .1);
    CHECK(train(&w));
    end();
}

TEST(weights_that_are_better_are_kept_for_their_model_and_make_a_key_of_their_own)
{
    struct wn_weight_set w, kept;
    begin();
    fill(1, 600, true, .1);
    CHECK_OK(wn_weights_load(&wn, &task, &arena, &kept, &test_error));
    CHECK(kept.id == NULL && wn_weights_for(&kept, "unknown model") == NULL);
    CHECK(train(&w));
    CHECK(w.after < (1 - WN_WEIGHTS_BETTER) * w.before);
    CHECK(w.w[3] > wn_score_weights[3]); /* the second opinion counts more, */
    CHECK(w.w[1] < wn_score_weights[1]); /* the first one's word less */
    CHECK_OK(wn_weights_load(&wn, &task, &arena, &kept, &test_error));
    CHECK_STR(kept.id, w.id);
    CHECK_INT(kept.n, 600);
    CHECK_INT(kept.wrong, 150);
    CHECK(memcmp(kept.w, w.w, sizeof(w.w)) == 0);
    CHECK(wn_weights_for(&kept, "unknown model") == kept.w);
    CHECK(wn_weights_for(&kept, "openai/other") == NULL);
    end();
}

TEST(weights_that_gain_next_to_nothing_are_not_kept)
{
    struct wn_weight_set w;
    struct wn_signals s = WN_SIGNALS_NONE;
    begin();
    for (int i = 1; i <= 800; i++) { /* the usual score is the truth */
        double vc = .55 + .4 * fmod(i * .7548776662, 1), p;
        s.vc = vc;
        p = 1 / (1 + exp(-wn_score_z(&s)));
        put(i, vc, .5, fmod(i * .5698402910, 1) < p, .1);
    }
    CHECK(!train(&w));
    CHECK(w.after > (1 - WN_WEIGHTS_BETTER) * w.before);
    end();
}
