/* What is compared with the time of a proof, with decisions put into a store by hand and the clock set. */
#include "test.h"
#include "desk.h"
#include "pipeline/lessons.h"
#include "pipeline/shift.h"
#include "pipeline/tables.h"

enum { LOOK = 90 };

static const struct wn_choice kinds[] = { { "order", "" }, { "fault", "" }, { "other", "" } };
static struct wn_question question = {
    .name = "kind", .type = WN_CHOICE, .choices = kinds, .nchoices = 3, .gated = true
};
static struct wn_task task = {
    .name = "desk", .target_error = .1, .questions = &question, .nquestions = 1
};
static const struct wn_guard *part; /* whose trial it is; NULL: all other labels' */
static struct wn_trial trial;

static void begin(void)
{
    desk_open(NOW);
}

static void end(void)
{
    wn_trial_clear(&trial);
    desk_close();
}

static void load(void)
{
    const struct wn_trust_key k = { "a", "plan", "rest", "linear" };
    const struct wn_task stratum = wn_task_stratum(&task, part);
    wn_trial_clear(&trial);
    CHECK_OK(wn_trial_load(&wn, &stratum, &k, "ada", &trial, &test_error));
}

struct kind_of {
    const char *label, *text, *source, *signals, *reason;
    bool flag;
    const char *stratum;
};
static const struct kind_of usual = { "order",
                                      "we want the chairs for the office and a quote",
                                      "form-2026-11.csv:3",
                                      "[{\"q\":\"kind\",\"off_enum\":0.02}]",
                                      "below_guarantee",
                                      false,
                                      NULL };

static void put(struct kind_of k)
{
    struct wn_row r = row_for(++made);
    char item[300], result[300];
    snprintf(item, sizeof(item), "{\"id\":\"%d\",\"source\":\"%s\",\"text\":\"%s%.*s\"}", made,
             k.source, k.text, made % 10, "..........");
    snprintf(result, sizeof(result),
             "{\"route\":\"review\",\"label\":\"%s\",\"reasons\":[\"%s\"],\"because\":[\"so\"]}",
             made % 4 == 0 ? "fault" : k.label, k.reason);
    r.task = task.name;
    r.key = "a";
    r.route = WN_REVIEW;
    r.same_as = NULL;
    r.item_json = item;
    r.result_json = result;
    r.signals_json = k.signals;
    r.created = wn_clock_now();
    r.u = fmod(made * .6180339887, 1);
    r.s = fmod(made * .7548776662, 1);
    r.fold = .9;
    r.pi = 1;
    r.stratum = k.stratum;
    r.hard_flag = k.flag;
    put_row(wn.store, &r);
}

static void put_many(struct kind_of k, int n)
{
    for (int i = 0; i < n; i++)
        put(k);
}

static void certify(void)
{
    struct kind_of k = usual;
    k.stratum = part == NULL ? NULL : part->label;
    put_many(k, 200);
    load();
    for (size_t i = 0; i < LOOK; i++) {
        const int64_t id = trial.units[trial.sample[i]].id;
        const struct wn_review r = { .decision = id,
                                     .time = wn_clock_now(),
                                     .verdict = "accept",
                                     .reviewer = "ada",
                                     .asked = "certification_sample" };
        int64_t review;
        CHECK_OK(wn_review_add(wn.store, &r, &review, &test_error));
        CHECK_OK(wn_trial_reviewed(&trial, id, review, false, &test_error));
    }
    CHECK_INT(trial.state, WN_CERTIFIED);
}

static struct kind_of with(const char *label, const char *text, const char *source,
                           const char *signals)
{
    struct kind_of k = usual;
    k.label = label == NULL ? k.label : label;
    k.text = text == NULL ? k.text : text;
    k.source = source == NULL ? k.source : source;
    k.signals = signals == NULL ? k.signals : signals;
    return k;
}

TEST(what_moved_since_the_proof_is_named_with_its_limit)
{
    const struct {
        struct kind_of now;
        enum wn_state want;
        const char *why;
    } row[] = {
        { with(NULL, NULL, "form-2027-01.csv:9", NULL), WN_CERTIFIED, NULL },
        { with("other", NULL, NULL, NULL), WN_SUSPENDED,
          "the labels are given otherwise than when it was proved: most of all \"other\", 0.0% "
          "then "
          "and 75.5% in the last 7 days (it moved by 8.35, the limit is 0.25)" },
        { with(
              NULL,
              "we want it and the rest of it, and that it is for the office, that is all, and soon",
              NULL, NULL),
          WN_STATE_WARN,
          "the texts of the last 7 days are longer than when it was proved (it moved by " },
        { with(NULL, "the office is for that", NULL, NULL), WN_STATE_WARN,
          "the texts of the last 7 days are shorter than when it was proved (it moved by " },
        { with(NULL, "wir wollen die neuen und nicht die alte Lampe", NULL, NULL), WN_STATE_WARN,
          "the texts are in other languages than when it was proved: most of all \"en\", 100.0% "
          "then "
          "and 0.0% in the last 7 days (it moved by " },
        { with(NULL, NULL, "inbox.mbox:1", NULL), WN_STATE_WARN,
          "the items come from elsewhere than when it was proved: most of all \"csv\", "
          "100.0% "
          "then and 0.0% in the last 7 days (it moved by " },
        { with(NULL, NULL, NULL, "[{\"q\":\"kind\",\"off_enum\":0.4}]"), WN_STATE_WARN,
          "the model is drawn to answers that are no label more than when it was proved (it moved "
          "by " },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        double value, limit;
        int64_t time;
        begin();
        certify();
        at(NOW + 2 * DAY);
        put_many(row[i].now, 99);
        load();
        CHECK_INT(trial.state, WN_CERTIFIED); /* too few to tell */
        at(NOW + 3 * DAY);
        put_many(row[i].now, 60);
        load();
        if (row[i].why != NULL && strncmp(trial.row.why, row[i].why, strlen(row[i].why)) != 0)
            CHECK_STR(trial.row.why, row[i].why);
        CHECK_INT(trial.state, row[i].want);
        CHECK_OK(wn_trust_drift(wn.store, "desk", "a", "psi_source", &value, &limit, &time,
                                &test_error));
        CHECK_INT(time, NOW + 3 * DAY);
        end();
    }
}

TEST(the_pool_is_counted_once_and_outlives_its_texts)
{
    begin();
    certify();
    put(usual);
    at(NOW + DAY);
    load();
    CHECK_INT(sql_number("SELECT count(*) FROM kept WHERE kind = 'pool'"), 1);
    wn_trial_clear(&trial);
    { /* the texts of the pool become too old */
        struct wn_expiry e = { 0 };
        const struct wn_keep keep = { NULL, NOW + DAY };
        bool done = false;
        while (!done)
            CHECK_OK(wn_store_expire(wn.store, &keep, 1, NOW + DAY, &e, &done, &test_error));
    }
    at(NOW + 2 * DAY);
    put_many(with("other", NULL, NULL, NULL), 150);
    load();
    CHECK_INT(trial.state, WN_SUSPENDED);
    end();
}

/* On the tenth day 8 of 20 are odd. */
static void nine_usual_days_and_one_with(struct kind_of odd)
{
    begin();
    certify();
    for (int day = 1; day < 10; day++) {
        at(NOW + day * DAY);
        put_many(usual, 20);
        load();
        CHECK_INT(trial.state, WN_CERTIFIED);
    }
    at(NOW + 10 * DAY);
    put_many(usual, 12);
    put_many(odd, 8);
}

TEST(a_day_with_many_flags_or_refusals_or_repairs_warns)
{
    static const struct {
        const char *reason;
        bool flag;
        enum wn_state want;
        const char *why;
    } row[] = {
        { "below_guarantee", false, WN_CERTIFIED, NULL },
        { "rule:x", true, WN_STATE_WARN,
          "40.0% of the items of 2026-12-02 had something that sends an item to a person whatever "
          "its "
          "score, where 0.0% are usual and 8.4% is the limit" },
        { "refused", false, WN_STATE_WARN,
          "40.0% of the items of 2026-12-02 were declined by the model, where 0.0% are usual and "
          "8.4% "
          "is the limit" },
        { "schema_repaired", false, WN_STATE_WARN,
          "40.0% of the items of 2026-12-02 were answered in another form than was asked for, "
          "where "
          "0.0% are usual and 8.4% is the limit" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct kind_of odd = usual;
        odd.reason = row[i].reason;
        odd.flag = row[i].flag;
        nine_usual_days_and_one_with(odd);
        load();
        CHECK_INT(trial.state, WN_CERTIFIED); /* the day is not over */
        at(NOW + 11 * DAY);
        load();
        if (row[i].why != NULL)
            CHECK_STR(trial.row.why, row[i].why);
        CHECK_INT(trial.state, row[i].want);
        end();
    }
}

TEST(what_has_a_guard_label_is_of_the_day_too)
{
    static struct wn_guard guard = { .label = "fault", .target_error = .1 };
    struct kind_of odd = usual;
    odd.label = odd.stratum = "fault";
    odd.reason = "refused";
    task.guards = &guard;
    task.nguards = 1;
    nine_usual_days_and_one_with(odd);
    at(NOW + 11 * DAY);
    load();
    CHECK_STR(trial.row.why,
              "40.0% of the items of 2026-12-02 were declined by the model, where 0.0% are usual and 8.4% is "
              "the limit");
    CHECK_INT(trial.state, WN_STATE_WARN);
    end();
    task.guards = NULL;
    task.nguards = 0;
}

TEST(each_part_that_is_proved_is_warned_of_an_odd_day)
{
    static struct wn_guard guard = { .label = "fault", .target_error = .1 };
    struct kind_of mine = usual, odd = usual;
    mine.label = mine.stratum = "fault";
    odd.reason = "refused";
    part = task.guards = &guard;
    task.nguards = 1;
    begin();
    certify(); /* the guard label alone: of the others nothing is proved */
    for (int day = 1; day <= 10; day++) {
        at(NOW + day * DAY);
        put_many(mine, 2);
        put_many(usual, day == 10 ? 10 : 18);
        put_many(odd, day == 10 ? 8 : 0);
        if (day == 5) { /* whoever comes first counts the days for all */
            part = NULL;
            load();
            part = &guard;
        }
        load();
        CHECK_INT(trial.state, WN_CERTIFIED);
    }
    at(NOW + 11 * DAY);
    load();
    CHECK_STR(trial.row.why,
              "40.0% of the items of 2026-12-02 were declined by the model, where 0.0% are usual and 8.4% is "
              "the limit");
    CHECK_INT(trial.state, WN_STATE_WARN);
    CHECK_STR(trial.stratum, "fault");
    end();
    part = task.guards = NULL;
    task.nguards = 0;
}

TEST(what_may_prove_something_is_not_learned_from)
{
    struct wn_lessons lessons = WN_LESSONS_INIT;
    begin();
    certify();
    CHECK_OK(wn_lessons_gather(&wn, &task, &lessons, &test_error));
    CHECK_INT(lessons.from_reviews, 0);
    CHECK_INT(lessons.nheld_out, LOOK);
    wn_lessons_clear(&lessons);
    end();
}

TEST(a_source_is_told_by_its_way_in_not_by_its_name)
{
    static const struct {
        const char *source, *want;
    } row[] = {
        { "leads.csv:17", "csv" },
        { "leads-2026-10.csv:17", "csv" },
        { "<17@example.com>", "mail" },
        { "2026.11.22.jsonl:1", "jsonl" },
        { "inbox.mbox:3", "mbox" },
        { "", "" },
        { "hook:form", "hook:form" },
        { "-:7", "-" },
        { "a.", "a." },
    };
    struct wn_arena a = WN_ARENA_INIT;
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_STR(wn_tables_source(row[i].source, &a), row[i].want);
    wn_arena_free(&a);
}

TEST(tables_are_read_as_they_were_written_and_nonsense_is_harmless)
{
    static const char *const nonsense[] = { "", "7", "[]",
                                            "{\"n\":\"x\",\"edges\":3,\"label\":[1],"
                                            "\"source\":{\"a\":\"b\"},\"length\":{}}" };
    static struct wn_tables t, back;
    struct wn_arena a = WN_ARENA_INIT;
    struct wn_buf b = WN_BUF_INIT(100000), again = WN_BUF_INIT(100000);
    t.n = 3;
    t.edges[8] = 77;
    t.length[9] = 2;
    t.off_enum[0] = 1;
    t.label = (struct wn_groups){ 2, { { "a \"b\"", 2 }, { "c", 1 } } };
    wn_tables_write(&t, &b);
    CHECK(wn_tables_read(b.data, b.len, &a, &back));
    wn_tables_write(&back, &again);
    CHECK_STR(again.data, b.data);
    for (size_t i = 0; i < COUNT(nonsense); i++) {
        double limit;
        struct wn_moved most;
        wn_tables_read(nonsense[i], strlen(nonsense[i]), &a, &back);
        CHECK(!isnan(wn_groups_psi(&back.label, &back.source, &limit, &most)));
    }
    wn_buf_free(&b);
    wn_buf_free(&again);
    wn_arena_free(&a);
}
