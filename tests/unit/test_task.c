#include "test.h"
#include "folder.h"
#include "task/answer.h"
#include "task/prompt.h"

/* The faults that were reported, as "file:line what | hint", file by its last part. */
struct noted {
    char text[8192];
    size_t n;
};

static void note(void *user, const struct wn_fault *f)
{
    struct noted *noted = user;
    size_t used = strlen(noted->text);
    const char *file = strrchr(f->file, '/');
    snprintf(noted->text + used, sizeof(noted->text) - used, "%s:%zu %s | %s\n",
             file == NULL ? f->file : file + 1, f->line, f->what, f->hint);
    noted->n++;
}

TEST(the_tasks_that_come_with_winnow_have_no_fault)
{
    static const struct {
        const char *dir;
        size_t questions;
        const char *label;
        size_t labels;
    } row[] = {
        { "prompts/lead-intent", 12, "intent", 12 },
        { "prompts/email-triage", 5, "kind", 12 },
        { "prompts/support-ticket", 6, "category", 11 },
        { "prompts/document-fields", 7, "kind", 6 },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct noted noted = { "", 0 };
        struct wn_task *t = NULL;
        CHECK_INT(wn_task_faults(row[i].dir, note, &noted), 0);
        CHECK_STR(noted.text, "");
        CHECK_OK(wn_task_load(row[i].dir, &t, &test_error));
        CHECK_INT(t->nquestions, row[i].questions);
        CHECK_STR(t->questions[0].name, row[i].label);
        CHECK_INT(t->questions[0].nchoices, row[i].labels);
        CHECK(t->questions[0].gated);
        CHECK_NEAR(t->target_error, .05);
        CHECK(t->nroutes > 0 && t->routes[t->nroutes - 1].when.question == NULL);
        wn_task_free(t);
    }
}

/* Exports, fixtures and gold files rely on them. */
TEST(the_ids_are_those_that_others_rely_on)
{
    static const struct {
        const char *dir, *question, *ids;
    } row[] = {
        { "prompts/lead-intent", "intent",
          "demo_request pricing_request trial_request meeting_request product_question purchase "
          "partnership content_only support_problem complaint cancel_or_refund not_a_lead" },
        { "prompts/lead-intent", "signals",
          "budget_named timeline_named decision_maker team_size_named competitor_named referral "
          "existing_customer urgent" },
        { "prompts/lead-intent", "stage", "tofu mofu bofu" },
        { "prompts/lead-intent", "lifecycle", "not_a_lead lead mql sql pql customer" },
        { "prompts/lead-intent", "fit", "fit partial no_fit unknown" },
        { "prompts/email-triage", "kind",
          "new_lead customer_request support billing partner recruiting vendor_pitch newsletter "
          "notification auto_reply personal spam" },
        { "prompts/email-triage", "needs_reply", "no yes" },
        { "prompts/email-triage", "urgency", "low normal high" },
        { "prompts/support-ticket", "category",
          "account_access billing bug how_to feature_request outage delivery cancellation "
          "complaint data_privacy other" },
        { "prompts/support-ticket", "severity", "low normal high critical" },
        { "prompts/support-ticket", "difficulty", "easy medium hard" },
        { "prompts/support-ticket", "mood", "calm annoyed angry" },
        { "prompts/document-fields", "kind",
          "invoice credit_note order contract intake_form other" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_task *t = NULL;
        const struct wn_question *q;
        char ids[512] = "";
        CHECK_OK(wn_task_load(row[i].dir, &t, &test_error));
        q = wn_task_question(t, row[i].question, NULL);
        assert_non_null(q);
        for (size_t k = 0; k < q->nchoices; k++) {
            strcat(ids, k == 0 ? "" : " ");
            strcat(ids, q->choices[k].id);
        }
        CHECK_STR(ids, row[i].ids);
        wn_task_free(t);
    }
}

/* `questions` of a task that is else sound, on lines 2 and following. */
#define QUESTIONS(q) "{ \"name\": \"sort\", \"about\": \"x\", \"questions\": [\n" q "\n] }"
#define KIND                                                                                       \
    "{ \"name\": \"kind\", \"type\": \"choice\", \"ask\": \"?\",\n"                                \
    "  \"choices\": { \"a\": \"is a\", \"b\": \"is b\" } }"
#define WITH(rest) "{ \"name\": \"sort\", \"about\": \"x\", \"questions\": [" KIND "],\n" rest " }"

TEST(each_fault_says_where_it_is_and_what_to_write)
{
    static const struct {
        const char *json, *want;
    } row[] = {
        { "{ \"name\": \"sort\",\n  \"about\": \"x\",,\n }",
          "task.json:2 this is no JSON after '  \"about\": \"x\",,' | Look for a comma too many or "
          "too few, or a "
          "quote that is not closed.\n" },
        { "{ \"name\": \"sort\"\n  \"about\": \"x\" }",
          "task.json:1 this is no JSON after '{ \"name\": \"sort\"' | Look for a comma too many or "
          "too few, or a quote that is not closed.\n" },
        { "", "task.json:1 this is no JSON after '' | Look for a comma too many or too few, or a "
              "quote that is not closed.\n" },
        { "[]", "task.json:1 this is not an object | Write an object: { ... }.\n" },
        { QUESTIONS("{ \"name\": \"kind\", \"type\": \"choise\", \"ask\": \"?\" }"),
          "task.json:2 \"type\" cannot be this | Write choice, tags, yesno, scale or text.\n" },
        { QUESTIONS("{ }"),
          "task.json:2 \"name\" is missing | Write a name such as \"intent\".\n"
          "task.json:2 \"type\" is missing | Write choice, tags, yesno, scale or text.\n"
          "task.json:2 \"ask\" is missing | Write the question in plain words.\n" },
        { WITH("\"redact\": [\"email\", \"mail\"], \"keep\": -1"),
          "task.json:3 \"keep\" cannot be this | Write for how many days texts are kept, or 0 to "
          "keep them as WINNOW_KEEP says.\n"
          "task.json:3 \"redact\" does not know \"mail\" | Did you mean \"email\"?\n" },
        { WITH("\"redact\": \"phones\", \"keep\": 30"),
          "task.json:3 \"redact\" does not know \"phones\" | Did you mean \"phone\"?\n" },
        { WITH("\"guards\": { \"bb\": { \"target_error\": 0.02 }, \"a\": { \"audit\": 0.7,\n"
               "\"least\": 1 } }, \"report\": \"week\""),
          "task.json:4 \"report\" cannot be this | Write month, quarter or batch.\n"
          "task.json:3 the question \"kind\" has no label \"bb\" | Did you mean \"b\"?\n"
          "task.json:3 \"audit\" cannot be this | Write the least share that people look at: above 0, "
          "at most 0.5, such as 0.2.\n"
          "task.json:4 there is no member \"least\" here | Known here: target_error, before_proof, "
          "audit.\n" },
        { WITH("\"value\": { \"kinds\": { \"a\": 2 },\n\"kind\": { \"c\": 2, \"a\": 0, \"b\": \"2\" } }"),
          "task.json:3 there is no question \"kinds\" | Did you mean \"kind\"?\n"
          "task.json:4 \"c\" is no answer to \"kind\" | Did you mean \"a\"?\n"
          "task.json:4 the value of \"a\" cannot be this | Write how many times as much as usual: above 0, at "
          "most 1000.\n"
          "task.json:4 the value of \"b\" cannot be this | Write how many times as much as usual: above 0, at "
          "most 1000.\n" },
        { WITH("\"value\": { \"kind\": 3 }"),
          "task.json:3 \"value.kind\" cannot be this | Write { \"ANSWER\": 3 }.\n" },
        { WITH("\"guards\": [\"a\"]"),
          "task.json:3 \"guards\" cannot be this | Write { \"spam\": { \"target_error\": 0.02 } }.\n" },
        { WITH("\"guards\": { \"a\": 0.02 }"),
          "task.json:3 this is not an object | Write an object: { ... }.\n" },
        { QUESTIONS(KIND ",\n" KIND),
          "task.json:4 two questions are called \"kind\" | Give one of them another name.\n" },
        { QUESTIONS(
              "{ \"name\": \"Kind\", \"type\": \"yesno\",\n  \"ask\": \"?\", \"colour\": 1 }"),
          "task.json:3 there is no member \"colour\" here | Known here: name, type, ask, choices, "
          "levels, form, near, letterhead, evidence, gated, required, tol.\n"
          "task.json:2 \"Kind\" is no name for a question | Write small letters, digits and _, a "
          "letter first.\n" },
        { QUESTIONS(
              "{ \"name\": \"kind\", \"type\": \"choice\", \"ask\": \"?\",\n"
              "  \"choices\": { \"a\": \"x\",\n \"b\": \"x\", \"b\": \"y\",\n \"c\": \"\" } }"),
          "task.json:4 \"b\" and \"b\" are the same choice | Each id must differ by more than "
          "letter case.\n"
          "task.json:5 \"c\" has no meaning | Write in a few words when it applies.\n" },
        { QUESTIONS("{ \"name\": \"kind\", \"type\": \"choice\", \"ask\": \"?\",\n"
                    "  \"choices\": { \"hot\": \"x\", \"Hot\": \"x\" } }"),
          "task.json:3 \"Hot\" is not an id | Write small letters, digits and _, a letter first.\n"
          "task.json:3 \"hot\" and \"Hot\" are the same choice | Each id must differ by more than "
          "letter case.\n" },
        { QUESTIONS("{ \"name\": \"kind\", \"type\": \"choice\", \"ask\": \"?\",\n"
                    "  \"choices\": { \"a\": \"x\" } }"),
          "task.json:3 a choice question needs choices to choose from | Write at least two "
          "choices.\n" },
        { QUESTIONS("{ \"name\": \"kind\", \"type\": \"scale\", \"ask\": \"?\", \"tol\": 10,\n"
                    "  \"choices\": { \"a\": \"x\", \"b\": \"x\" } }"),
          "task.json:2 \"tol\" cannot be this | Write how many levels off still counts as right: 0 "
          "to 9.\n"
          "task.json:2 a scale question needs levels to choose from | Write at least two levels.\n"
          "task.json:3 \"choices\" says nothing about this type of question | Take it out: it "
          "belongs to choice, tags and yesno questions.\n" },
        { QUESTIONS("{ \"name\": \"kind\", \"type\": \"scale\", \"ask\": \"?\",\n"
                    "  \"levels\": { \"a\": \"x\", \"b\": \"x\", \"c\": \"x\", \"d\": \"x\","
                    " \"e\": \"x\", \"f\": \"x\", \"g\": \"x\", \"h\": \"x\", \"i\": \"x\","
                    " \"j\": \"x\", \"k\": \"x\" } }"),
          "task.json:3 11 levels are more than providers take: at most 10 | Split the question in "
          "two.\n" },
        { QUESTIONS("{ \"name\": \"who\", \"type\": \"text\", \"form\": \"fax\", \"ask\": \"?\" }"),
          "task.json:2 there is no form \"fax\" | Known here: email, phone, url, money, date, "
          "number, currency, person, company, job_title.\n"
          "task.json:2 the first question gives no label | Put a choice, yesno or scale question "
          "first: its answer is the label.\n" },
        { QUESTIONS("{ \"name\": \"due\", \"type\": \"text\", \"near\": [\"by\"],\n"
                    " \"letterhead\": true, \"ask\": \"?\" }"),
          "task.json:2 without a form nothing can be found near these words | Say what the value "
          "looks like: \"form\": \"date\".\n"
          "task.json:3 a letterhead names a company | Write \"form\": \"company\", or take "
          "\"letterhead\" out.\n"
          "task.json:2 the first question gives no label | Put a choice, yesno or scale question "
          "first: its answer is the label.\n" },
        { QUESTIONS("{ \"name\": \"text\", \"type\": \"yesno\", \"ask\": \"?\",\n"
                    " \"choices\": { \"maybe\": \"x\" } }"),
          "task.json:2 no question can be called \"text\" | Take another name: examples use this "
          "one.\n"
          "task.json:3 a yesno question has no choice \"maybe\" | Write { \"no\": \"...\", "
          "\"yes\": \"...\" }.\n" },
        { WITH("\"target_error\": 0.7,\n \"samples\": 11, \"max_chars\": 1.5,\n \"how\": \"fast\""),
          "task.json:3 \"target_error\" cannot be this | Write the share that may be wrong: above "
          "0, at most 0.5, such as 0.05.\n"
          "task.json:4 \"samples\" cannot be this | Write how many extra samples: 0 to 10.\n"
          "task.json:4 \"max_chars\" cannot be this | Write the most bytes of an item's text to "
          "send: 200 to 1000000.\n"
          "task.json:5 \"how\" cannot be this | Write auto, decide or generate.\n" },
        { WITH("\"target_eror\": 0.05"), "task.json:3 there is no member \"target_eror\" here | "
                                         "Did you mean \"target_error\"?\n" },
        { WITH("\"columns\": { \"text\": [],\n \"id\": \"id\" }"),
          "task.json:3 \"text\" names no column | Write the columns' names: [\"message\", "
          "\"notes\"].\n" },
        { WITH("\"always_review\": [ { \"when\": { \"text_has\": \"price\" } },\n"
               " { \"name\": \"r\", \"because\": \"x\", \"when\": {} } ]"),
          "task.json:3 \"name\" is missing | Write a name: the reason will be \"rule:NAME\".\n"
          "task.json:3 \"because\" is missing | Write the reason as a sentence for a person.\n"
          "task.json:4 the condition is empty | Write a condition; a last route for all else has "
          "no \"when\".\n" },
        { WITH(
              "\"always_review\": [ { \"name\": \"r\", \"because\": \"x\",\n"
              " \"when\": { \"question\": \"knd\", \"any\": [\"a\"] } },\n"
              " { \"name\": \"r\", \"because\": \"x\",\n"
              " \"when\": { \"question\": \"kind\", \"any\": [\"c\"], \"missing\": \"kind\" } } ]"),
          "task.json:4 there is no question \"knd\" | Did you mean \"kind\"?\n"
          "task.json:6 \"c\" is no answer to \"kind\" | Did you mean \"a\"?\n"
          "task.json:6 \"kind\" is no text question | Name text questions here.\n"
          "task.json:5 two rules are called \"r\" | Give one of them another name.\n" },
        { WITH("\"always_review\": [ { \"name\": \"r\", \"because\": \"x\",\n"
               " \"when\": { \"any\": [\"a\"],\n \"field_is\": [\"x\"] } } ]"),
          "task.json:4 \"any\" has no question | Add \"question\": \"NAME\" beside it.\n"
          "task.json:5 \"field_is\" has no field | Add \"field\": \"NAME\" beside it.\n" },
        { WITH("\"routes\": [ { \"owner\": \"x\", \"next\": \"y\", \"draft\": \"{{who}}\" },\n"
               " { \"owner\": \"x\", \"next\": \"y\" } ]"),
          "task.json:3 there is no {{who}} | Known here: kind.\n"
          "task.json:4 this route is never reached: routes[0] takes everything | Put the route "
          "without \"when\" last.\n" },
        { "{ \"name\": \"other\", \"about\": \"x\", \"questions\": [" KIND "] }",
          "task.json:1 the task is called \"other\", its folder \"sort\" | Write \"sort\", or "
          "rename the folder.\n" },
        { "{ \"name\": \"sort\", \"about\": \"x\", \"questions\": [] }",
          "task.json:1 the task asks nothing | Write at least one: { \"name\": ..., \"type\": ..., "
          "\"ask\": ... }.\n" },
    };
    struct folder f;
    folder_open(&f, "sort");
    for (size_t i = 0; i < COUNT(row); i++) {
        struct noted noted = { "", 0 };
        size_t n;
        folder_write(&f, f.task, "task.json", row[i].json);
        n = wn_task_faults(f.task, note, &noted);
        CHECK_STR(noted.text, row[i].want);
        CHECK_INT(n, noted.n);
    }
    folder_close(&f);
}

TEST(more_text_questions_than_providers_take_are_a_fault)
{
    char json[2048] = "{ \"name\": \"sort\", \"about\": \"x\",\n \"questions\": [" KIND;
    struct noted noted = { "", 0 };
    struct folder f;
    for (int i = 0; i < 9; i++)
        snprintf(json + strlen(json), sizeof(json) - strlen(json),
                 ",{\"name\":\"t%d\",\"type\":\"text\",\"ask\":\"?\"}", i);
    strcat(json, "] }");
    folder_open(&f, "sort");
    folder_write(&f, f.task, "task.json", json);
    wn_task_faults(f.task, note, &noted);
    CHECK_STR(noted.text,
              "task.json:2 too many answers that may be empty: 18, and providers take "
              "16 | Keep at most eight text questions, or make two tasks of this one.\n");
    folder_close(&f);
}

TEST(templates_and_files_are_checked_too)
{
    static const struct {
        const char *file, *text, *want; /* text NULL: the file is taken away */
    } row[] = {
        { "system.md", "a\n{{questions}}\n{{ lables }}",
          "system.md:3 there is no {{lables}} | Known here: business, questions, examples.\n" },
        { "system.md", "{{questions}} {{item.text}}",
          "system.md:1 there is no {{item.text}} | Known here: business, questions, examples.\n" },
        { "system.md", "{{questions}}\n{{business",
          "system.md:2 a {{ that is never closed | Write {{name}} on one line.\n" },
        { "system.md", "nothing",
          "system.md:0 the model is not told the questions | Write {{questions}} where the "
          "questions go.\n" },
        { "system.md", NULL,
          "system.md:0 the file is missing | Write it, or copy it from a task that comes with "
          "winnow.\n" },
        { "user.md", "{{item.time}}",
          "user.md:0 the model is not shown the item | Write {{item.text}} where the item "
          "goes.\n" },
        { "user.md", "\xff{{item.text}}", "user.md:0 the file is not UTF-8 | Save it as UTF-8.\n" },
        { "examples.jsonl", "{\"text\":\"x\",\"kind\":\"a\"}\n\n{\"text\":\"x\",\"kind\":\"q\"}\n",
          "examples.jsonl:3 \"q\" is no answer to \"kind\" | Did you mean \"a\"?\n" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct noted noted = { "", 0 };
        struct folder f;
        folder_open(&f, "sort");
        if (row[i].text == NULL)
            unlink(folder_path(&f, f.task, row[i].file));
        else
            folder_write(&f, f.task, row[i].file, row[i].text);
        wn_task_faults(f.task, note, &noted);
        CHECK_STR(noted.text, row[i].want);
        folder_close(&f);
    }
}

TEST(a_fault_in_one_file_hides_none_in_another)
{
    struct noted noted = { "", 0 };
    struct folder f;
    folder_open(&f, "sort");
    folder_write(&f, f.task, "task.json", WITH("\"samples\": -1"));
    folder_write(&f, f.task, "examples.jsonl", "{\"text\":\"x\",\"kind\":\"long\"}\n");
    folder_write(&f, f.task, "user.md", "{{itm.text}}");
    CHECK_INT(wn_task_faults(f.task, note, &noted), 4);
    CHECK_STR(noted.text,
              "task.json:3 \"samples\" cannot be this | Write how many extra samples: 0 to 10.\n"
              "examples.jsonl:1 \"long\" is no answer to \"kind\" | Known here: a, b.\n"
              "user.md:1 there is no {{itm.text}} | Known here: business, questions, examples, "
              "item.text, item.fields, item.time.\n"
              "user.md:0 the model is not shown the item | Write {{item.text}} where the item "
              "goes.\n");
    folder_close(&f);
}

TEST(business_md_is_missed_only_where_it_is_used)
{
    struct noted noted = { "", 0 };
    struct wn_task *t = NULL;
    struct folder f;
    folder_open(&f, "sort");
    unlink(folder_path(&f, f.root, "business.md"));
    CHECK_INT(wn_task_faults(f.task, note, &noted), 1);
    CHECK(strstr(noted.text, "there is no business.md") != NULL);
    folder_write(&f, f.task, "system.md", "{{questions}}");
    CHECK_OK(wn_task_load(f.task, &t, &test_error));
    wn_task_free(t);
    folder_close(&f);
}

TEST(loading_a_faulty_task_gives_the_first_fault_as_error)
{
    struct wn_task *t = NULL;
    struct folder f;
    folder_open(&f, "sort");
    folder_write(&f, f.task, "task.json", WITH("\"sampels\": 3"));
    CHECK_INT(wn_task_load(f.task, &t, &test_error), WN_E_CONFIG);
    CHECK(t == NULL);
    CHECK(strstr(test_error.what, "/sort/task.json:3: there is no member \"sampels\"") != NULL);
    CHECK_STR(test_error.hint, "Did you mean \"samples\"?");
    CHECK_INT(wn_task_load("no/such/folder", &t, NULL), WN_E_CONFIG);
    folder_close(&f);
}

TEST(a_task_is_read_as_it_is_written)
{
    struct wn_task *t = NULL;
    const struct wn_when *w;
    struct folder f;
    folder_open(&f, "sort");
    folder_write(&f, f.task, "task.json",
                 WITH("\"target_error\": 0.1, \"before_proof\": \"review\", \"model\": \"linear\","
                      "\"samples\": 3, \"how\": \"generate\", \"max_chars\": 900,"
                      "\"cache_days\": 7, \"columns\": { \"text\": [\"message\", \"notes\"] },"
                      "\"always_review\": [ { \"name\": \"r\", \"because\": \"It is.\", \"when\":"
                      "  { \"question\": \"kind\", \"any\": \"b\", \"text_has\": [\"x y\"],"
                      "    \"field\": \"tier\", \"field_is\": [\"vip\"] } } ],"
                      "\"routes\": [ { \"owner\": \"ops\", \"next\": \"look\","
                      " \"due_minutes\": 60, \"draft\": \"a {{kind}}\" } ]"));
    CHECK_OK(wn_task_load(f.task, &t, &test_error));
    CHECK_STR(t->name, "sort");
    CHECK_NEAR(t->target_error, .1);
    CHECK(t->before_proof_review);
    CHECK_STR(t->model, "linear");
    CHECK_STR(t->how, "generate");
    CHECK_INT(t->samples, 3);
    CHECK_INT(t->max_chars, 900);
    CHECK_INT(t->cache_days, 7);
    CHECK_INT(t->ncolumns, 1);
    CHECK_STR(t->columns[0].names[1], "notes");
    CHECK_INT(t->nrules, 1);
    w = &t->rules[0].when;
    CHECK_STR(w->question, "kind");
    CHECK_INT(w->nany, 1);
    CHECK_STR(w->any[0], "b");
    CHECK_STR(w->text_has[0], "x y");
    CHECK_STR(w->field, "tier");
    CHECK_STR(w->field_is[0], "vip");
    CHECK_INT(w->nmissing, 0);
    CHECK_INT(t->nroutes, 1);
    CHECK_INT(t->routes[0].due_minutes, 60);
    wn_task_free(t);
    folder_close(&f);
}

TEST(a_guard_label_has_its_own_target_and_is_reviewed_until_it_is_proved)
{
    struct wn_task *t = NULL, view;
    struct folder f;
    folder_open(&f, "sort");
    folder_write(&f, f.task, "task.json",
                 WITH("\"target_error\": 0.1, \"report\": \"batch\", \"guards\": {"
                      "\"b\": { \"target_error\": 0.02, \"audit\": 0.3 },"
                      "\"a\": { \"before_proof\": \"cautious\" } }"));
    CHECK_OK(wn_task_load(f.task, &t, &test_error));
    CHECK_STR(t->report, "batch");
    CHECK_INT(t->nguards, 2);
    view = wn_task_stratum(t, wn_task_guard(t, "b"));
    CHECK_STR(view.stratum, "b");
    CHECK_NEAR(view.target_error, .02);
    CHECK_NEAR(view.audit, .3);
    CHECK(view.before_proof_review);
    view = wn_task_stratum(t, wn_task_guard(t, "a"));
    CHECK_NEAR(view.target_error, .1); /* the task's */
    CHECK(!view.before_proof_review);
    view = wn_task_stratum(t, wn_task_guard(t, "c"));
    CHECK(view.stratum == NULL);
    CHECK_NEAR(view.target_error, .1);
    CHECK(wn_task_guard(t, NULL) == NULL);
    wn_task_free(t);
    folder_close(&f);
}

TEST(answers_say_what_a_look_is_worth)
{
    struct wn_task *t = NULL;
    struct folder f;
    folder_open(&f, "sort");
    folder_write(&f, f.task, "task.json", WITH("\"value\": { \"kind\": { \"b\": 2.5 } }"));
    CHECK_OK(wn_task_load(f.task, &t, &test_error));
    CHECK_NEAR(wn_task_value(t, "kind", "b"), 2.5);
    CHECK_NEAR(wn_task_value(t, "kind", "a"), 1);
    CHECK_NEAR(wn_task_value(t, "kind", NULL), 1);
    CHECK_NEAR(wn_task_value(t, "mood", "b"), 1);
    wn_task_free(t);
    folder_close(&f);
}

TEST(the_version_changes_with_every_file_that_defines_the_task)
{
    static const struct {
        const char *file;
        const char *text;
    } row[] = {
        { "task.json", NULL }, /* as it was */
        { "task.json", WITH("\"samples\": 1") },
        { "system.md", "Hello {{questions}}" },
        { "user.md", "Hello {{item.text}}" },
        { "examples.jsonl", "{\"text\":\"x\"}" },
        { "../business.md", "We are Beta." },
    };
    struct folder f;
    char last[64] = "";
    folder_open(&f, "sort");
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_task *t = NULL, *again = NULL;
        if (row[i].text != NULL)
            folder_write(&f, f.task, row[i].file, row[i].text);
        CHECK_OK(wn_task_load(f.task, &t, &test_error));
        CHECK_OK(wn_task_load(f.task, &again, &test_error));
        CHECK_STR(t->version, again->version);
        CHECK_INT(strlen(t->version), 32);
        CHECK(strcmp(t->version, last) != 0);
        strcpy(last, t->version);
        wn_task_free(t);
        wn_task_free(again);
    }
    folder_close(&f);
}

TEST(tasks_are_found_by_name_or_by_path)
{
    struct wn_arena a = WN_ARENA_INIT;
    const char *roots[] = { NULL, "prompts" }, *dir;
    const char *const *names, *const *dirs;
    size_t n;
    struct folder f;
    folder_open(&f, "sort");
    roots[0] = f.root;
    CHECK_OK(wn_task_find("sort", roots, 2, &a, &dir, &test_error));
    CHECK_STR(dir, f.task);
    CHECK_OK(wn_task_find("lead-intent", roots, 2, &a, &dir, &test_error));
    CHECK_STR(dir, "prompts/lead-intent");
    CHECK_OK(wn_task_find(f.task, roots, 2, &a, &dir, &test_error));
    CHECK_OK(wn_task_find("prompts/lead-intent/", NULL, 0, &a, &dir, &test_error));

    CHECK_INT(wn_task_find("led-intent", roots, 2, &a, &dir, &test_error), WN_E_USAGE);
    CHECK_STR(test_error.what, "there is no task 'led-intent'");
    CHECK(strstr(test_error.cause, "known: ") == test_error.cause);
    CHECK(strstr(test_error.cause, "lead-intent, ") != NULL);
    CHECK_STR(test_error.hint, "Did you mean lead-intent?");
    CHECK(dir == NULL);
    CHECK_INT(wn_task_find("x/y", roots, 2, &a, &dir, &test_error), WN_E_USAGE);
    CHECK_STR(test_error.cause, "x/y/task.json is not there");
    CHECK_INT(wn_task_find("", roots, 2, &a, &dir, &test_error), WN_E_USAGE);
    CHECK_INT(wn_task_find("..", roots, 2, &a, &dir, &test_error), WN_E_USAGE);
    CHECK_INT(wn_task_find("sort", NULL, 0, &a, &dir, &test_error), WN_E_USAGE);

    wn_task_list(roots, 2, &a, &names, &dirs, &n);
    CHECK(n >= 5);
    for (size_t i = 1; i < n; i++)
        CHECK(strcmp(names[i - 1], names[i]) < 0);
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], "sort") == 0)
            CHECK_STR(dirs[i], f.task);
    wn_arena_free(&a);
    folder_close(&f);
}

TEST(a_draft_is_filled_in_and_shows_its_gaps)
{
    static const bool marks[] = { true, true };
    static const struct {
        const char *draft, *want;
    } row[] = {
        { "no gaps", "no gaps" },
        { "{{kind}}/{{ marks }}/{{reply}}/{{size}}", "b/red, big/yes/[size]" },
        { "Hello {{who}}, {{nobody}} {{", "Hello A B, [nobody] {{" },
    };
    struct wn_task *t = NULL;
    struct wn_answer *answer;
    struct wn_arena a = WN_ARENA_INIT;
    struct folder f;
    folder_open(&f, "sort");
    CHECK_OK(wn_task_load(f.task, &t, &test_error));
    answer = wn_answer_new(t, &a);
    answer->values[0] = (struct wn_value){ .answered = true, .choice = 1 };
    answer->values[1] = (struct wn_value){ .answered = true, .chosen = marks };
    answer->values[2] = (struct wn_value){ .answered = true, .choice = 1 };
    answer->values[4] = (struct wn_value){ .answered = true, .text = "A \n\tB" };
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_STR(wn_task_draft(t, row[i].draft, answer, &a), row[i].want);
    CHECK_STR(wn_task_draft(t, "{{who}}", NULL, &a), "[who]");
    wn_arena_free(&a);
    wn_task_free(t);
    folder_close(&f);
}
