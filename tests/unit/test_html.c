#include "test.h"
#include "base/buf.h"
#include "input/input.h"

static void check(const char *html, const char *want)
{
    struct wn_buf b = WN_BUF_INIT(1u << 26);
    CHECK_OK(wn_html_text(html, strlen(html), &b, &test_error));
    CHECK_STR(b.data, want);
    wn_buf_free(&b);
}

TEST(html_reads_as_a_person_reads_it)
{
    static const struct {
        const char *html, *want;
    } row[] = {
        { "<p>One</p><p>Two</p>", "One\n\nTwo" },
        { "One<br>Two<br><br>Three", "One\nTwo\n\nThree" },
        { "  a\n  lot\tof&nbsp; space ", "a lot of space" },
        { "<ul><li>x<li>y</ul>", "- x\n- y" },
        { "<table><tr><td>a<td>b<tr><td>c</table>", "a\tb\nc" },
        { "<pre>a  b\n  c</pre>d", "a  b\n  c\n\nd" },
        { "<blockquote>q<br>r<blockquote>s</blockquote></blockquote>t", "> q\n> r\n>> s\nt" },
        { "<head><title>no</title><style>p{}</style></head><script>no()</script>yes", "yes" },
        { "a<div style=\"Display : none\">hidden<p>too</p></div>b<i hidden>c</i>", "a\nb" },
        { "&euro; &#150; &amp;lt; &#x1F600;", "€ – &lt; 😀" },
        { "<img alt=\"Our logo\" src=x><img src=y>", "Our logo" },
        { "pre&shy;view&#8203;&#65279;", "preview" },
        { "text only", "text only" },
        { "<!-- c -->", "" },
        { "", "" },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        check(row[i].html, row[i].want);
}

TEST(a_link_shows_its_address_where_that_says_more)
{
    static const struct {
        const char *html, *want;
    } row[] = {
        { "<a href=\"https://example.com/a\">here</a>.", "here <https://example.com/a>." },
        { "<a href=\"https://www.example.com/\">Example.com</a>", "Example.com" },
        { "<a href=\"mailto:ada@example.com?subject=x\">Ada</a>", "Ada <ada@example.com>" },
        { "<a href=\"mailto:ada@example.com\">ada@example.com</a>", "ada@example.com" },
        { "<a href=\"#top\">top</a> <a href=\"javascript:x()\">y</a> <a>z</a>", "top y z" },
        { "<a href=\"https://example.com/\"><img src=x></a>", "" },
        { "<a href=\"https://example.com/"
          "x?u="
          "1234567890123456789012345678901234567890123456789012345678901234567890123456789012345"
          "67890\">go</a>",
          "go <https://example.com/x>" },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        check(row[i].html, row[i].want);
}

TEST(nothing_behind_a_closing_tag_is_lost)
{
    static const struct {
        const char *html, *want;
    } row[] = {
        { "<html><body>a</body></html>footer", "a\n\nfooter" },
        { "</div></p>text", "text" },
        { "<p>a</p></div></div>b</body>c</html>d", "a\n\nb\nc\nd" },
        { "<html><body>a</body></html><html><body>b</body></html>", "a\n\nb" },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        check(row[i].html, row[i].want);
}

TEST(depth_costs_no_stack_and_loses_no_text)
{
    enum { DEEP = 100000 };
    char *html = malloc(3 * DEEP + 4);
    CHECK(html != NULL);
    for (size_t i = 0; i < DEEP; i++)
        memcpy(html + 3 * i, i % 2 ? "</i" : "<b>", 3);
    for (size_t i = 0; i < DEEP; i++)
        memcpy(html + 3 * i, "<b>", 3);
    memcpy(html + 3 * DEEP, "end", 4);
    check(html, "end");
    free(html);
}

TEST(values_that_hold_html_are_told_from_prose)
{
    static const struct {
        const char *text;
        bool html;
    } row[] = {
        { "<p>Hello</p>", true },
        { "line<br/>line", true },
        { "a <b>bold</b> word", true },
        { "1 < 2 and 3 > 2", false },
        { "<ada@example.com>", false },
        { "<https://example.com>", false },
        { "if a<b then c", false },
        { "<name> here", false },
        { "", false },
        { "<", false },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        CHECK_INT(wn_html_looks(row[i].text, strlen(row[i].text)), row[i].html);
}
