#include "test.h"
#include "base/form.h"

struct row {
    const char *text, *want; /* NULL: nothing of this form in it */
};

/* The first thing of the form in each text. */
static void check_rows(enum wn_form form, const struct row *row, size_t n)
{
    bool good = true;
    for (size_t i = 0; i < n; i++) {
        struct wn_span at = { 0, 0 };
        size_t len = strlen(row[i].text);
        bool found = wn_form_find(form, row[i].text, len, 0, &at);
        const char *got = row[i].text + at.start;
        size_t glen = at.end - at.start;
        if (found != (row[i].want != NULL) ||
            (found && (glen != strlen(row[i].want) || memcmp(got, row[i].want, glen) != 0))) {
            print_error("%s in \"%s\": got %.*s, want %s\n", wn_form_name(form), row[i].text,
                        found ? (int)glen : 7, found ? got : "nothing",
                        row[i].want == NULL ? "nothing" : row[i].want);
            good = false;
        }
    }
    CHECK(good);
}

TEST(forms_have_names)
{
    static const char *const names[] = { "email",  "phone",    "url",    "money",   "date",
                                         "number", "currency", "person", "company", "job_title" };
    for (size_t i = 0; i < COUNT(names); i++)
        CHECK_STR(wn_form_name(wn_form_named(names[i])), names[i]);
    CHECK_INT(wn_form_named(NULL), WN_FORM_NONE);
    CHECK_INT(wn_form_named("colour"), WN_FORM_NONE);
}

TEST(email_addresses_are_found)
{
    static const struct row row[] = {
        { "write to jane.doe+crm@mail.example.co.uk, please", "jane.doe+crm@mail.example.co.uk" },
        { "<ops@example.com>", "ops@example.com" },
        { "mailto:sales@example.com.", "sales@example.com" },
        { "Jane_O'Neil@example.org", "Jane_O'Neil@example.org" },
        { "(info@m\u00fcller.example)", "info@m\u00fcller.example" },
        { "a@b", NULL },
        { "follow @acme on social media", NULL },
        { "meet me @ 5.30", NULL },
        { "user@localhost or root@10.0.0.1", NULL },
        { "two@@example.com", NULL },
        { "", NULL },
    };
    check_rows(WN_FORM_EMAIL, row, COUNT(row));
}

TEST(telephone_numbers_are_told_from_other_digits)
{
    static const struct row row[] = {
        { "call me on +49 30 1234567 tomorrow", "+49 30 1234567" },
        { "Tel.: +1 (555) 010-4477", "+1 (555) 010-4477" },
        { "(555) 010-4477 after six", "(555) 010-4477" },
        { "555-010-4477", "555-010-4477" },
        { "555.010.4477.", "555.010.4477" },
        { "1-800-555-0199", "1-800-555-0199" },
        { "my number is 0171 2345678", "0171 2345678" },
        { "Mobile 07700900123", "07700900123" },
        { "0049 30 1234567", "0049 30 1234567" },
        { "030/1234567", "030/1234567" },
        { "+44 (0)20 7946 0000", "+44 (0)20 7946 0000" },
        { "01 23 45 67 89", "01 23 45 67 89" },
        { "Phone: 5550123", "5550123" },
        { "order no. 5550104477", NULL },
        { "Invoice number 0301234567", NULL },
        { "order 555-010-4477", NULL },
        { "ticket #5550104477 is open", NULL },
        { "we met on 12.05.2026", NULL },
        { "from 2024-01-15 to 2024-02-20", NULL },
        { "in 2019-2024 we grew", NULL },
        { "EUR 1 200 000", NULL },
        { "0401234567 EUR", NULL },
        { "server 192.168.10.12 is down", NULL },
        { "version 10.4.2.1133", NULL },
        { "IBAN DE89 3704 0044 0532 0130 00", NULL },
        { "4111 1111 1111 1111", NULL },
        { "we have 1200 users and 35 seats", NULL },
        { "at 10:30 or 14:45", NULL },
        { "ISBN 978-3-16-148410-0", NULL },
    };
    check_rows(WN_FORM_PHONE, row, COUNT(row));
}

TEST(web_addresses_are_found)
{
    static const struct row row[] = {
        { "see https://example.com/a?b=c#d.", "https://example.com/a?b=c#d" },
        { "(http://example.com/wiki/A_(b))", "http://example.com/wiki/A_(b)" },
        { "(see www.example.com/page)", "www.example.com/page" },
        { "our site acme-tools.com, since 2009", "acme-tools.com" },
        { "http://shop.example:8080/cart", "http://shop.example:8080/cart" },
        { "HTTPS://EXAMPLE.COM", "HTTPS://EXAMPLE.COM" },
        { "mail jane@example.com", NULL },
        { "e.g. this one", NULL },
        { "node.js and report.pdf", NULL },
        { "costs 3.50 per unit", NULL },
        { "end.Then a sentence", NULL },
    };
    check_rows(WN_FORM_URL, row, COUNT(row));
}

TEST(money_has_a_currency_or_is_said_to_be_a_budget)
{
    static const struct row row[] = {
        { "we can spend $3k a month", "$3k" },
        { "1.200,50 \u20ac incl. VAT", "1.200,50 \u20ac" },
        { "EUR 5,000 per year", "EUR 5,000" },
        { "5 000 EUR", "5 000 EUR" },
        { "about \u00a32,400.00 in total", "\u00a32,400.00" },
        { "US$ 1.5 million", "US$ 1.5 million" },
        { "between $5k and $10k", "$5k" },
        { "$5,000-$10,000", "$5,000-$10,000" },
        { "10-15k EUR", "10-15k EUR" },
        { "EUR10000", "EUR10000" },
        { "CHF 12'500.-", "CHF 12'500.-" },
        { "500,- \u20ac", "500,- \u20ac" },
        { "twenty, no, 30 euros", "30 euros" },
        { "we have a budget of around 20k", "20k" },
        { "Budget: 15000", "15000" },
        { "our budget is about 4,500 for this", "4,500" },
        { "budget is up to 8k.", "8k" },
        { "$500 USD", "$500 USD" },
        { "a 20% discount on the budget", NULL },
        { "we are 20k people", NULL },
        { "5 seats for 12 months", NULL },
        { "EU rules and USB sticks", NULL },
        { "room #500 EURO", NULL },
        { "order 4500012345", NULL },
        { "budget season 2026", NULL },
        { "no budget yet", NULL },
    };
    check_rows(WN_FORM_MONEY, row, COUNT(row));
}

TEST(dates_are_found_as_people_write_them)
{
    static const struct row row[] = {
        { "due 2026-11-30.", "due 2026-11-30" },
        { "on 12/05/2026 at noon", "12/05/2026" },
        { "am 30.11.2026", "30.11.2026" },
        { "12 May 2026", "12 May 2026" },
        { "May 12th, 2026", "May 12th, 2026" },
        { "on the 3rd of November", "3rd of November" },
        { "30. November", "30. November" },
        { "we need it by Friday", "by Friday" },
        { "before the end of Q3", "before the end of Q3" },
        { "maybe end of Q3?", "end of Q3" },
        { "start next week", "next week" },
        { "next Monday morning works", "next Monday morning" },
        { "in two weeks", "in two weeks" },
        { "within 3-6 months", "within 3-6 months" },
        { "in the next few days", "in the next few days" },
        { "Tuesday, 14 July works", "Tuesday, 14 July" },
        { "Q1 2027", "Q1 2027" },
        { "mid-March at the latest", "mid-March" },
        { "in March", "March" },
        { "by the end of the month", "by the end of the month" },
        { "until 31.12.", "until 31.12." },
        { "tomorrow", "tomorrow" },
        { "by EOD", "by EOD" },
        { "bis Freitag", "bis Freitag" },
        { "sometime this summer", "this summer" },
        { "by 2027", "by 2027" },
        { "Sevilla, 14 de abril de 2026", "14 de abril de 2026" },
        { "getekend op 12 mei 2026", "12 mei 2026" },
        { "Milano, 3 settembre 2026", "3 settembre 2026" },
        { "we may march on", NULL },
        { "open 24/7", NULL },
        { "1/2 of the team", NULL },
        { "version 1.2.3", NULL },
        { "192.168.10.12", NULL },
        { "call 555-010-4477", NULL },
        { "the late reply", NULL },
        { "99/99/2026", NULL },
        { "in a hurry", NULL },
        { "order 2026-1130", NULL },
        { "a week ago we were fine", NULL },
    };
    check_rows(WN_FORM_DATE, row, COUNT(row));
}

TEST(identifiers_have_a_name_or_a_shape)
{
    static const struct row row[] = {
        { "my order #10023 is late", "10023" },
        { "Order no. 4711", "4711" },
        { "order number: AB-2231", "AB-2231" },
        { "Invoice INV-2024-001 is wrong", "INV-2024-001" },
        { "your invoice 20260017", "20260017" },
        { "ticket SUP1204", "SUP1204" },
        { "Rechnungsnummer RE-2026/0815", "RE-2026/0815" },
        { "PO 4500012345", "4500012345" },
        { "customer id 993", "993" },
        { "Ref: XK77821", "XK77821" },
        { "SO10023 has not come", "SO10023" },
        { "we order 500 units", NULL },
        { "call +49 30 1234567", NULL },
        { "on 2026-11-30", NULL },
        { "A4 paper and an HP250 printer", NULL },
        { "case closed", NULL },
        { "5,000 EUR", NULL },
        { "number 1 in the market", NULL },
    };
    check_rows(WN_FORM_NUMBER, row, COUNT(row));
}

TEST(currencies_are_found)
{
    static const struct row row[] = {
        { "all prices in EUR", "EUR" },  { "$3k", "$" },
        { "1.200,50 \u20ac", "\u20ac" }, { "12000CHF", "CHF" },
        { "paid in pounds", "pounds" },  { "Europe, USDA, eur", NULL },
        { "try all of it", NULL },
    };
    check_rows(WN_FORM_CURRENCY, row, COUNT(row));
}

TEST(people_are_those_who_say_their_name_or_sign)
{
    static const struct row row[] = {
        { "Hi, my name is Jane Doe and I run a shop.", "Jane Doe" },
        { "I'm Tom from Acme.", "Tom" },
        { "I am Maria van der Berg, head of ops", "Maria van der Berg" },
        { "This is Anne-Marie O'Brien calling", "Anne-Marie O'Brien" },
        { "I\u2019m J\u00f6rg \u00d6ztekin, we met", "J\u00f6rg \u00d6ztekin" },
        { "mein Name ist Klaus Weber", "Klaus Weber" },
        { "Please call.\n\nBest regards,\nJane Doe\nHead of Operations", "Jane Doe" },
        { "See you.\nThanks!\n\nTom", "Tom" },
        { "Could you send it? Thanks, Tom Baker", "Tom Baker" },
        { "Please send it.\n- Jane", "Jane" },
        { "All good\n--\nJane Doe | Acme", "Jane Doe" },
        { "Mit freundlichen Gr\u00fc\u00dfen\nDr. Petra Klein", "Dr. Petra Klein" },
        { "Name: Li Wei\nPhone: 123", "Li Wei" },
        { "I am Looking for a quote", NULL },
        { "I am interested. Thanks", NULL },
        { "I'm German and I need help", NULL },
        { "Thanks,\nThe Acme Team", NULL },
        { "Best regards,\nSales Team", NULL },
        { "Jane Doe said that it works", NULL },
        { "Meet Jane Doe in Berlin", NULL },
        { "This is Urgent", NULL },
        { "Thanks, Please call", NULL },
        { "we talked to Tom Baker last week", NULL },
        { "Regards\n\n\n\nJane Doe", NULL },
    };
    check_rows(WN_FORM_PERSON, row, COUNT(row));
}

TEST(companies_are_introduced_or_have_a_legal_form)
{
    static const struct row row[] = {
        { "we at Acme GmbH want a demo", "Acme GmbH" },
        { "Hello, Jane from Acme Inc. here", "Acme Inc." },
        { "We at Northwind are growing", "Northwind" },
        { "I'm Tom from Blue Harbour Logistics, and", "Blue Harbour Logistics" },
        { "my name is Jane Doe from Acme and I", "Acme" },
        { "I work at Smith & Sons.", "Smith & Sons" },
        { "on behalf of M\u00fcller Metallbau GmbH & Co. KG",
          "M\u00fcller Metallbau GmbH & Co. KG" },
        { "I am the CTO of Contoso.", "Contoso" },
        { "I'm head of operations at Blue Harbour", "Blue Harbour" },
        { "our customer Acme, Inc. asked", "Acme, Inc." },
        { "Company: Fabrikam\nSize: 20", "Fabrikam" },
        { "Hello Acme Ltd", "Acme Ltd" },
        { "Regards,\nJane Doe\nHead of Operations\nBlue Harbour Logistics\n",
          "Blue Harbour Logistics" },
        { "Regards,\nJane Doe\nHead of Operations, Blue Harbour\n", "Blue Harbour" },
        { "I am from Berlin", NULL },
        { "greetings from Hamburg", NULL },
        { "We use Slack and Excel at work", NULL },
        { "our company is growing", NULL },
        { "we at least tried", NULL },
        { "I work for a bakery", NULL },
        { "As agreed, AS soon as possible", NULL },
        { "see you at Starbucks", NULL },
        { "jane@acme.com", NULL },
    };
    check_rows(WN_FORM_COMPANY, row, COUNT(row));
}

TEST(job_titles_are_the_writers_own)
{
    static const struct row row[] = {
        { "I am Head of Operations at Acme", "Head of Operations" },
        { "I'm the CTO of a small firm", "CTO" },
        { "I am the office manager here", "office manager" },
        { "as the Senior Project Manager for this", "Senior Project Manager" },
        { "I work as a procurement specialist", "procurement specialist" },
        { "I'm Jane Doe, VP of Sales at Acme", "VP of Sales" },
        { "My name is Jane Doe, the practice manager.", "practice manager" },
        { "Best,\nJane Doe\nDirector of Customer Success\nAcme", "Director of Customer Success" },
        { "Best,\nJane Doe | Founder & CEO", "Founder & CEO" },
        { "Job title: Sales Director", "Sales Director" },
        { "I'm a founder.", "founder" },
        { "ich bin Gesch\u00e4ftsf\u00fchrerin", "Gesch\u00e4ftsf\u00fchrerin" },
        { "I'm head of customer success", "head of customer success" },
        { "our CTO wants a demo", NULL },
        { "we need an office manager", NULL },
        { "please ask your manager", NULL },
        { "I am looking for a developer", NULL },
        { "a CRM for sales managers", NULL },
        { "I am the only one here", NULL },
        { "heads of state", NULL },
    };
    check_rows(WN_FORM_JOB_TITLE, row, COUNT(row));
}

TEST(the_next_thing_is_found_from_where_one_stopped)
{
    static const char text[] = "a@example.com, b@example.com";
    struct wn_span at;
    CHECK(wn_form_find(WN_FORM_EMAIL, text, strlen(text), 0, &at));
    CHECK_INT(at.start, 0);
    CHECK(wn_form_find(WN_FORM_EMAIL, text, strlen(text), at.end, &at));
    CHECK_INT(at.start, 15);
    CHECK(!wn_form_find(WN_FORM_EMAIL, text, strlen(text), at.end, &at));
    CHECK(!wn_form_find(WN_FORM_NONE, text, strlen(text), 0, &at));
}

TEST(values_are_compared_in_one_canonical_form)
{
    static const struct {
        enum wn_form form;
        const char *value, *want;
    } row[] = {
        { WN_FORM_EMAIL, " Jane@Example.COM ", "jane@example.com" },
        { WN_FORM_URL, "HTTP://Example.com/", "http://example.com" },
        { WN_FORM_PHONE, "+49 (0)30 123-4567", "+49301234567" },
        { WN_FORM_PHONE, "0049 30 1234567", "+49301234567" },
        { WN_FORM_PHONE, "(555) 010-4477", "5550104477" },
        { WN_FORM_MONEY, "1.200,50 \u20ac", "1200.50 EUR" },
        { WN_FORM_MONEY, "$3k", "3000 USD" },
        { WN_FORM_MONEY, "EUR 5,000", "5000 EUR" },
        { WN_FORM_MONEY, "5 000 EUR", "5000 EUR" },
        { WN_FORM_MONEY, "US$ 1.5 million", "1500000 USD" },
        { WN_FORM_MONEY, "CHF 12'500.-", "12500 CHF" },
        { WN_FORM_MONEY, "0.999 EUR", "1.00 EUR" },
        { WN_FORM_MONEY, "20k", "20000" },
        { WN_FORM_MONEY, "a lot", "a lot" },
        { WN_FORM_DATE, "2026-11-30", "2026-11-30" },
        { WN_FORM_DATE, "30.11.2026", "2026-11-30" },
        { WN_FORM_DATE, "30/11/2026", "2026-11-30" },
        { WN_FORM_DATE, "November 30th, 2026", "2026-11-30" },
        { WN_FORM_DATE, "by 30 Nov 2026", "2026-11-30" },
        { WN_FORM_DATE, "12/05/2026", "12/05/2026" }, /* May or December? */
        { WN_FORM_DATE, "By  Friday", "by friday" },
        { WN_FORM_CURRENCY, "\u20ac", "EUR" },
        { WN_FORM_CURRENCY, "USD", "USD" },
        { WN_FORM_COMPANY, " ACME \n GmbH", "acme gmbh" },
        { WN_FORM_NONE, "", "" },
    };
    struct wn_arena a = WN_ARENA_INIT;
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_STR(wn_form_canonical(row[i].form, row[i].value, &a), row[i].want);
    wn_arena_free(&a);
}

TEST(announced_values_stand_behind_their_words)
{
    static const char *const total[] = { "grand total", "total", "zu zahlen", "owes" };
    static const char *const number[] = { "credit note", "invoice no", "invoice", "rechnung" };
    static const char *const due[] = { "due", "please pay", "fällig" };
    static const char *const company[] = { "company", "raison sociale" };
    static const struct {
        enum wn_form form;
        const char *const *words;
        size_t nwords;
        const char *text, *want; /* NULL: nothing announced */
    } row[] = {
        { WN_FORM_MONEY, total, 4, "Total   EUR 90.00\nGrand total   EUR 107.10", "EUR 107.10" },
        { WN_FORM_MONEY, total, 4, "zu zahlen EUR     1.904,00", "EUR     1.904,00" },
        { WN_FORM_MONEY, total, 4, "Patient owes      212.00", "212.00" },
        { WN_FORM_MONEY, total, 4, "Total\n  1,250.00 USD", "1,250.00 USD" },
        { WN_FORM_MONEY, total, 4, "Total on 12.05.26: 40.00", "40.00" },
        { WN_FORM_MONEY, total, 4, "Subtotal 90.00", NULL },
        { WN_FORM_MONEY, total, 4, "Total pages 24", NULL },
        { WN_FORM_MONEY, total, 4, "VAT in total 19.00 %\nEUR 90", NULL },
        { WN_FORM_NUMBER, number, 4, "Credit note: CR-118 for invoice 70081", "CR-118" },
        { WN_FORM_NUMBER, number, 4, "Invoice no. 70081", "70081" },
        { WN_FORM_NUMBER, number, 4, "Rechnung 44/26 vom 8.6.2026", "44/26" },
        { WN_FORM_NUMBER, number, 4, "Invoice 14.11.2026", NULL },
        { WN_FORM_NUMBER, number, 4, "this invoice is wrong", NULL },
        { WN_FORM_DATE, due, 3, "dated 1 May 2026, due on 15 May 2026", "15 May 2026" },
        { WN_FORM_DATE, due, 3, "fällig am 22.06.2026", "22.06.2026" },
        { WN_FORM_DATE, due, 3, "dated 1 May 2026", NULL },
        { WN_FORM_COMPANY, company, 2, "Company ........ Bright Kitchens", "Bright Kitchens" },
        { WN_FORM_COMPANY, company, 2, "Company: Acme   Phone: 030", "Acme" },
        { WN_FORM_COMPANY, company, 2, "Raison sociale :\nPapillon Traiteur", "Papillon Traiteur" },
        { WN_FORM_COMPANY, company, 2, "the company Likes it", NULL },
        { WN_FORM_COMPANY, company, 2, "", NULL },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_arena a = WN_ARENA_INIT;
        struct wn_span at = { 0, 0 };
        bool found = wn_form_find_near(row[i].form, row[i].text, strlen(row[i].text), row[i].words,
                                       row[i].nwords, &at);
        CHECK_STR(found ? wn_arena_copy(&a, row[i].text + at.start, at.end - at.start) : NULL,
                  row[i].want);
        wn_arena_free(&a);
    }
}

TEST(a_letterhead_is_a_first_line_that_looks_like_a_name)
{
    static const struct {
        const char *text, *want;
    } row[] = {
        { "Lowther Van Hire\nInvoice no 70081", "Lowther Van Hire" },
        { "\n  Route & Rack Logistics  \nOpening hours", "Route & Rack Logistics" },
        { "Bell Fire Ltd", "Bell Fire Ltd" },
        { "Imprimerie du Port\nFacture", "Imprimerie du Port" },
        { "INVOICE 2026-0788", NULL },
        { "FICHE NOUVEAU FOURNISSEUR", NULL },
        { "Onboarding sheet", NULL },
        { "Subject: Our new prices", NULL },
        { "Reinigungsvertrag", NULL },
        { "To do before the fair", NULL },
        { "Hello Jane,", NULL },
        { "", NULL },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct wn_arena a = WN_ARENA_INIT;
        struct wn_span at = { 0, 0 };
        bool found = wn_form_letterhead(row[i].text, strlen(row[i].text), &at);
        CHECK_STR(found ? wn_arena_copy(&a, row[i].text + at.start, at.end - at.start) : NULL,
                  row[i].want);
        wn_arena_free(&a);
    }
}

TEST(values_are_the_same_whatever_their_writing)
{
    static const struct {
        enum wn_form form;
        const char *x, *y;
        bool same;
    } row[] = {
        { WN_FORM_MONEY, "GBP   276.00", "276.00", true },
        { WN_FORM_MONEY, "1.904,00 EUR", "EUR 1,904", true },
        { WN_FORM_MONEY, "$90", "90 EUR", false },
        { WN_FORM_MONEY, "90.00", "90.50", false },
        { WN_FORM_DATE, "30 Nov 2026", "2026-11-30", true },
        { WN_FORM_PHONE, "+49 (0)30 1234", "0049 30 1234", true },
        { WN_FORM_NONE, " Two  words", "two words", true },
        { WN_FORM_COMPANY, "Acme GmbH", "Acme", false },
        { WN_FORM_MONEY, "", "", true },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_INT(wn_form_same(row[i].form, row[i].x, row[i].y), row[i].same);
}
