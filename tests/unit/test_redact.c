#include "test.h"
#include "task/redact.h"

static struct wn_arena arena;
static struct wn_redaction redaction;

enum { ALL = (1 << WN_REDACT_KINDS) - 1 };

/* The text alone, by these kinds; NULL: it could not be redacted. */
static const char *redacted(unsigned kinds, const char *text)
{
    const struct wn_item item = { .id = "1", .text = text, .text_len = strlen(text) };
    struct wn_item out;
    if (wn_redact_item(kinds, &item, NULL, &arena, &out, &redaction, &test_error) != WN_OK)
        return NULL;
    CHECK_INT(out.text_len, strlen(out.text));
    CHECK_STR(wn_redact_restore(&redaction, out.text, &arena), text);
    return out.text;
}

TEST(what_is_private_is_replaced_and_comes_back_as_it_was)
{
    static const struct {
        const char *text, *want;
    } row[] = {
        { "mail jane@acme.example or Jane.Roe+x@mail.acme.co.uk, jane@acme.example",
          "mail [EMAIL_1] or [EMAIL_2], [EMAIL_1]" },
        { "call +49 30 5550142 or (415) 555-0142", "call [PHONE_1] or [PHONE_2]" },
        { "Tel.: 030/5550142", "Tel.: [PHONE_1]" },
        { "card 4111 1111 1111 1111 and 5500-0055-5555-5559.", "card [CARD_1] and [CARD_2]." },
        { "amex 378282246310005", "amex [CARD_1]" },
        { "IBAN DE89 3704 0044 0532 0130 00, please", "IBAN [BANK_1], please" },
        { "gb82west12345698765432 (old)", "[BANK_1] (old)" },
        { "NL91ABNA0417164300", "[BANK_1]" },
        { "https://acme.example/reset?token=f00 now", "[LINK_1] now" },
        { "see https://files.example/d/8f3c1e9a7b2d4c6e8f0a/list", "see [LINK_1]" },
        { "https://x.example/550e8400-e29b-41d4-a716-446655440000", "[LINK_1]" },
        { "https://app.example/confirm?mail=jane@acme.example", "[LINK_1]" },
        { "at http://10.0.0.7/?id=1, (ftp://me:pw@host/x) or acme.example/r?t=1.",
          "at [LINK_1], ([LINK_2]) or [LINK_3]." },
        { "an j\xc3\xb6rg@m\xc3\xbcller.example, \xe9\x82\xae\xe7\xae\xb1jo@acme.example\xe8\xb0\xa2",
          "an [EMAIL_1], \xe9\x82\xae\xe7\xae\xb1[EMAIL_2]\xe8\xb0\xa2" },
        /* as it is seen: spaces and hyphens that do not break, full-width signs, marks without width */
        { "+49\xc2\xa0" "30\xe2\x80\xaf" "5550142 +44\xe2\x80\x91" "20\xe2\x80\x91" "7946 0958",
          "[PHONE_1] [PHONE_2]" },
        { "\xe2\x80\xaa\xef\xbc\x8b" "49 30 5550142\xe2\x80\xac!", "\xe2\x80\xaa[PHONE_1]!" },
        { "DE89\xc2\xa0" "3704\xc2\xa0" "0044\xc2\xa0" "0532\xc2\xa0" "0130\xc2\xa0" "00", "[BANK_1]" },
        { "4111\xc2\xa0" "1111\xc2\xa0" "1111\xc2\xa0" "1111", "[CARD_1]" },
        { "ja\xc2\xadne@acme.example, 4111.1111.1111.1111, 4111  1111  1111  1111",
          "[EMAIL_1], [CARD_1], [CARD_2]" },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_STR(redacted(ALL, row[i].text), row[i].want);
    wn_arena_free(&arena);
}

TEST(what_a_field_calls_a_number_is_one_in_the_text_too)
{
    const struct wn_field fields[] = { { "Phone", "5550777" } };
    const char *const text = "Call 5550777, not 55507771.";
    const struct wn_item item = {
        .id = "1", .text = text, .text_len = strlen(text), .fields = fields, .nfields = 1
    };
    struct wn_item out;
    CHECK_INT(wn_redact_item(ALL, &item, NULL, &arena, &out, &redaction, &test_error), WN_OK);
    CHECK_STR(out.text, "Call [PHONE_1], not 55507771.");
    wn_arena_free(&arena);
}

TEST(what_comes_back_in_json_is_written_as_json)
{
    const struct wn_field fields[] = { { "name", "Otto \"Zwirn\" Haber\\korn" } };
    const char *const text = "It was Otto \"Zwirn\" Haber\\korn.";
    const struct wn_item item = {
        .id = "1", .text = text, .text_len = strlen(text), .fields = fields, .nfields = 1
    };
    struct wn_item out;
    CHECK_INT(wn_redact_item(ALL, &item, NULL, &arena, &out, &redaction, &test_error), WN_OK);
    CHECK_STR(out.text, "It was [NAME_1].");
    CHECK_STR(wn_redact_restore_json(&redaction, "{\"quote\":\"It was [NAME_1].\"}", &arena),
              "{\"quote\":\"It was Otto \\\"Zwirn\\\" Haber\\\\korn.\"}");
    wn_arena_free(&arena);
}

TEST(what_only_looks_so_stays)
{
    static const char *const row[] = {
        "",
        "order 4711, invoice 2026-000123, ticket #20261124",
        "from 2026-11-24 to 24.11.2026, at 10:30",
        "it costs 1.200,50 EUR, or $12,000 for 1,000,000 items",
        "order number 0301234567890",
        "card 4111 1111 1111 1112 has a wrong check digit",
        "tracking 9400110200881234567890",
        "1234 5678 9012 3452 begins as no card does",
        "IBAN DE88 3704 0044 0532 0130 00 has wrong check digits",
        "DE89 3704 0044 0532 0130 is too short",
        "https://acme.example/products/planner and www.acme.example",
        "version 10.4.2.1, IP 192.168.100.200, 12 x 24 x 36",
        "We are @ the fair, 50% off, a@b, 3@4.5, and/or? Mr.Smith/Jones? 1.5/2.5? TCP/IP#2",
        "DE12 is a road, GB22 a plate",
        "[EMAIL_1] and [NAME_2] were written by the sender",
    };
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_STR(redacted(ALL, row[i]), row[i]);
    wn_arena_free(&arena);
}

TEST(only_the_kinds_that_are_named_go)
{
    static const char text[] = "jane@acme.example, +49 30 5550142, 4111111111111111, "
                               "DE89370400440532013000, https://x.example/?q=1";
    static const struct {
        enum wn_redact_kind kind;
        const char *gone, *mark;
    } row[] = {
        { WN_REDACT_LINK, "https://x.example/?q=1", "[LINK_1]" },
        { WN_REDACT_EMAIL, "jane@acme.example", "[EMAIL_1]" },
        { WN_REDACT_BANK, "DE89370400440532013000", "[BANK_1]" },
        { WN_REDACT_CARD, "4111111111111111", "[CARD_1]" },
        { WN_REDACT_PHONE, "+49 30 5550142", "[PHONE_1]" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        const char *out = redacted(1u << row[i].kind, text);
        CHECK_INT(redaction.n, 1);
        CHECK_STR(redaction.list[0].placeholder, row[i].mark);
        CHECK_STR(redaction.list[0].original, row[i].gone);
        CHECK(strstr(out, row[i].gone) == NULL && strstr(out, row[i].mark) != NULL);
    }
    CHECK_STR(redacted(1u << WN_REDACT_NAME, text), text);
    wn_arena_free(&arena);
}

TEST(names_that_a_field_gives_go_wherever_they_stand)
{
    const struct wn_field fields[] = {
        { "First Name", "Wilma" },
        { "last_name", "von Quast" },
        { "From", "Oda Ekpe <oda@acme.example>" },
        { "Company", "Quast Doors" },
        { "Mobile Phone", "x 55 12 34" },
        { "Contact", "Li" },
    };
    const char *text =
        "Wilma von Quast here, Wilma for short; Oda knows. Wilmas are many, so is Li.";
    const struct wn_item item = {
        .id = "1", .text = text, .text_len = strlen(text), .fields = fields, .nfields = 6
    };
    static const char *const want[] = { "[NAME_1]",       "[NAME_2]",  "[NAME_4] <[EMAIL_1]>",
                                        "[NAME_5] Doors", "[PHONE_1]", "[NAME_6]" };
    struct wn_item out;
    CHECK_OK(wn_redact_item(ALL, &item, NULL, &arena, &out, &redaction, &test_error));
    CHECK_STR(out.text, "[NAME_1] [NAME_2] here, [NAME_1] for short; [NAME_3] knows. Wilmas are "
                        "many, so is Li.");
    for (size_t i = 0; i < item.nfields; i++) {
        CHECK_STR(out.fields[i].value, want[i]);
        CHECK_STR(wn_redact_restore(&redaction, want[i], &arena), fields[i].value);
    }
    CHECK_STR(wn_redact_restore(&redaction, out.text, &arena), text);
    wn_arena_free(&arena);
}

TEST(a_name_that_only_another_item_gives_goes_too)
{
    static const struct wn_field theirs[] = { { "from_name", "Oda von Quast" }, { "Phone", "5550777" } };
    static const struct wn_field more[] = { { "Name", "Oda" }, { "Name", "Li Wenqing" } };
    static const struct {
        const char *text, *want;
    } row[] = {
        { "Oda von Quast says: call 5550777.", "[NAME_1] says: call [PHONE_1]." },
        { "Quast and Wenqing, Odas and Oda", "[NAME_1] and [NAME_2], Odas and [NAME_3]" },
        { "nobody is named here", "nobody is named here" },
    };
    struct wn_known *known = wn_known_new();
    wn_known_add(known, theirs, COUNT(theirs));
    wn_known_add(known, more, COUNT(more));
    for (size_t i = 0; i < 2000; i++) { /* a mailbox knows many people */
        char name[32];
        const struct wn_field one = { "from", name };
        snprintf(name, sizeof(name), "Nobody%zu Else", i);
        wn_known_add(known, &one, 1);
    }
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct wn_item item = { .id = "1", .text = row[i].text, .text_len = strlen(row[i].text) };
        struct wn_item out;
        CHECK_OK(wn_redact_item(ALL, &item, known, &arena, &out, &redaction, &test_error));
        CHECK_STR(out.text, row[i].want);
        CHECK_STR(wn_redact_restore(&redaction, out.text, &arena), row[i].text);
    }
    wn_known_free(known);
    wn_arena_free(&arena);
}

TEST(what_a_model_makes_of_a_mark_still_comes_back)
{
    static const struct {
        const char *answer, *want;
    } row[] = {
        { "[EMAIL_1]", "jane@acme.example" },
        { "[email_1]", "jane@acme.example" },
        { "EMAIL_1", "jane@acme.example" },
        { "mailto:[EMAIL_1].", "mailto:jane@acme.example." },
        { "[EMAIL_2]", "joe@acme.example" },
        { "EMAIL_12 is none, nor XEMAIL_1", "EMAIL_12 is none, nor XEMAIL_1" },
        { "[EMAIL_3]", "[EMAIL_3]" },
    };
    struct wn_value values[2] = { { .answered = true, .text = "[EMAIL_1]", .quote = "[EMAIL_2]" } };
    struct wn_answer answer = { values, 2 };
    assert_non_null(redacted(ALL, "jane@acme.example joe@acme.example"));
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_STR(wn_redact_restore(&redaction, row[i].answer, &arena), row[i].want);
    wn_redact_restore_answer(&redaction, &answer, &arena);
    CHECK_STR(values[0].text, "jane@acme.example");
    CHECK_STR(values[0].quote, "joe@acme.example");
    CHECK(values[1].text == NULL);
    wn_arena_free(&arena);
}

TEST(a_mark_that_the_sender_wrote_is_not_used_for_anything)
{
    CHECK_STR(redacted(ALL, "[EMAIL_1] and email_2: jane@acme.example"),
              "[EMAIL_1] and email_2: [EMAIL_3]");
    CHECK_STR(wn_redact_restore(&redaction, "[EMAIL_1]", &arena), "[EMAIL_1]");
    wn_arena_free(&arena);
}

TEST(what_cannot_be_redacted_is_an_error_and_no_item)
{
    enum { SIZE = 9 << 20 }; /* more than is ever sent */
    char *text = malloc(SIZE + 1);
    struct wn_item item = { .id = "1", .text = text, .text_len = SIZE }, out;
    assert_non_null(text);
    for (size_t i = 0; i < SIZE; i++)
        text[i] = "see you "[i % 8];
    memcpy(text + SIZE / 2 / 8 * 8, "a@bc.de ", 8);
    text[SIZE] = '\0';
    CHECK_INT(wn_redact_item(ALL, &item, NULL, &arena, &out, &redaction, &test_error), WN_E_FAILED);
    CHECK_STR(test_error.what, "the item could not be redacted, so it was not sent");
    wn_arena_free(&arena);
    free(text);
}
