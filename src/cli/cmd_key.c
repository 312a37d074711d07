/* cmd_key.c: the store's key: where it is, a new one, a passphrase in its place. */
#include "cli/cli.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

/* ---- asking for a passphrase ---- */

/* One line from the terminal without showing it; 0 = there is no terminal, or nothing was written. */
static size_t ask(const char *prompt, char *out, size_t size)
{
    struct termios before, silent;
    size_t len = 0;
    char c;
    int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (tty < 0 || tcgetattr(tty, &before) != 0) {
        if (tty >= 0)
            close(tty);
        return 0;
    }
    silent = before;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ISIG); /* ^C must not leave the terminal mute */
    tcsetattr(tty, TCSAFLUSH, &silent);
    if (write(tty, prompt, strlen(prompt)) > 0)
        while (len + 1 < size && read(tty, &c, 1) == 1 && c != '\n' && c != '\r')
            out[len++] = c;
    if (memchr(out, 3, len) != NULL)
        len = 0;
    out[len] = '\0';
    tcsetattr(tty, TCSAFLUSH, &before);
    if (write(tty, "\n", 1) != 1)
        len = 0;
    close(tty);
    return len;
}

size_t cli_passphrase(void *user, char *out, size_t size)
{
    (void)user;
    return ask("passphrase of the store: ", out, size);
}

/* ---- the commands ---- */

static struct {
    bool root;
    const char *to, *new_file;
} arg;

static const struct cli_option options[] = {
    { 0, "root", OPT_FLAG, &arg.root, NULL, "rotate: a new root key; values stay as they are" },
    { 0, "to", OPT_STRING, &arg.to, "FILE", "rotate --root: write the new key to this new file" },
    { 0, "new-passphrase-file", OPT_STRING, &arg.new_file, "FILE",
      "passphrase: read it there instead of asking" },
    { 0 },
};

static void print_info(const struct wn_key_info *k)
{
    printf("store  %s%s\n", k->store, k->store_exists ? "" : " (not made yet)");
    if (k->passphrase)
        puts("key    made of a passphrase");
    else
        printf("key    %s\n", k->where == NULL ? "none yet; the first run makes it" : k->where);
    if (k->id[0] != '\0')
        printf("id     %s\n", k->id);
    if (k->beside_store)
        puts("note   the key lies beside the store: who takes that folder has both. Move the key "
             "and set WINNOW_KEY_FILE.");
}

static int show(struct wn *wn, const char *file)
{
    const struct wn_key_info *k = NULL;
    struct wn_error err;
    (void)file;
    if (wn_keys_show(wn, &k, &err) != WN_OK)
        return cli_error(&err);
    print_info(k);
    return 0;
}

static int create(struct wn *wn, const char *file)
{
    const struct wn_key_info *k = NULL;
    struct wn_error err;
    if (wn_keys_create(wn, file, &k, &err) != WN_OK)
        return cli_error(&err);
    printf("made the key %s in %s\n", k->id, k->where);
    if (file != NULL)
        printf("WINNOW_KEY_FILE=%s makes it the key of a store that is yet to be made.\n", file);
    puts("Keep a copy elsewhere: without it the store cannot be read, by nobody.");
    return 0;
}

static void progress(void *user, int64_t steps)
{
    (void)user;
    if (!cli_common.quiet && cli_is_terminal(stderr))
        fprintf(stderr, "\r\x1b[K%lld steps", (long long)steps);
}

static int rotate(struct wn *wn, const char *file)
{
    const char *where = NULL;
    struct wn_error err;
    int64_t steps = 0;
    enum wn_code rc;
    (void)file;
    if (arg.root)
        rc = wn_keys_rotate_root(wn, arg.to, &where, &err);
    else
        rc = wn_keys_rotate(wn, progress, NULL, &steps, &err);
    if (!arg.root && !cli_common.quiet && cli_is_terminal(stderr))
        fputs("\r\x1b[K", stderr);
    if (rc != WN_OK)
        return cli_error(&err);
    if (!arg.root) {
        puts("everything is sealed under a new data key, and the old one is destroyed");
        return 0;
    }
    printf("the store opens with a new key now: %s\n", where);
    if (arg.to != NULL)
        printf("Set WINNOW_KEY_FILE=%s.\n", where);
    puts("Backups made before still open with the old key only: keep a copy of it as long as you "
         "keep them.");
    return 0;
}

/* Not by memset, which a compiler may leave out for memory that nobody reads again. */
static void wipe(char *text, size_t size)
{
    volatile char *p = text;
    while (size-- > 0)
        *p++ = 0;
}

/* A passphrase that is to be: from its file, or twice from the person. False after an error was said. */
static bool new_passphrase(char *out, size_t size, size_t *len)
{
    char again[1024];
    bool same;
    if (arg.new_file != NULL) {
        struct stat st;
        FILE *f = fopen(arg.new_file, "r");
        *len = 0;
        if (f != NULL)
            setvbuf(f, NULL, _IONBF, 0); /* no copy of it stays in a buffer */
        if (f == NULL || fstat(fileno(f), &st) != 0 || (st.st_mode & 077) != 0 ||
            fgets(out, (int)size, f) == NULL) {
            fprintf(stderr,
                    "winnow: no passphrase can be read from '%s'\n  hint:  One line in a file "
                    "that only you can read: chmod 600.\n",
                    arg.new_file);
            if (f != NULL)
                fclose(f);
            return false;
        }
        fclose(f);
        *len = strcspn(out, "\r\n");
        out[*len] = '\0';
        return true;
    }
    *len = ask("new passphrase: ", out, size);
    if (*len == 0) {
        fputs("winnow: there is nobody to ask for the new passphrase\n  hint:  Run it on a "
              "terminal, or give --new-passphrase-file FILE.\n",
              stderr);
        return false;
    }
    same = ask("once more: ", again, sizeof(again)) == *len && memcmp(out, again, *len) == 0;
    wipe(again, sizeof(again));
    if (!same) {
        fputs("winnow: the two are not the same; nothing was changed\n", stderr);
        return false;
    }
    return true;
}

static int passphrase(struct wn *wn, const char *file)
{
    struct wn_error err;
    char text[1024];
    size_t len = 0;
    int status = wn_exit_status(WN_E_CONFIG);
    (void)file;
    if (new_passphrase(text, sizeof(text), &len)) {
        status = wn_keys_set_passphrase(wn, text, len, &err) == WN_OK ? 0 : cli_error(&err);
        if (status == 0)
            puts("the store opens with this passphrase from now on, and with no key. A passphrase "
                 "that is lost is data that is lost.");
    }
    wipe(text, sizeof(text));
    return status;
}

static int export(struct wn *wn, const char *file)
{
    struct wn_error err;
    if (wn_keys_export(wn, file, &err) != WN_OK)
        return cli_error(&err);
    printf("the key is in %s, too; keep that file away from this machine\n", file);
    return 0;
}

static int verify(struct wn *wn, const char *file)
{
    const struct wn_key_info *k = NULL;
    struct wn_error err;
    (void)file;
    if (wn_keys_verify(wn, &k, &err) != WN_OK)
        return cli_error(&err);
    print_info(k);
    puts("the store opens with it; `winnow verify` looks at every value in it");
    return 0;
}

static const struct {
    const char *name;
    int least, most; /* files behind it */
    int (*run)(struct wn *wn, const char *file);
} actions[] = {
    { "show", 0, 0, show },     { "create", 0, 1, create },         { "rotate", 0, 0, rotate },
    { "export", 1, 1, export }, { "passphrase", 0, 0, passphrase }, { "verify", 0, 0, verify },
};

static int run(int argc, char **argv)
{
    struct wn *wn = NULL;
    size_t i = 0, n = sizeof(actions) / sizeof(actions[0]);
    int status = 0;
    while (argc > 0 && i < n && strcmp(argv[0], actions[i].name) != 0)
        i++;
    if (argc > 0 && i == n)
        return cli_usage(&cli_key, "key does not know '%s'", argv[0]);
    if (argc - 1 > actions[i].most || (argc > 0 && argc - 1 < actions[i].least))
        return cli_usage(&cli_key,
                         actions[i].most == 0 ? "key %s takes no file" : "key %s wants one file",
                         actions[i].name);
    if ((arg.root || arg.to != NULL) && strcmp(actions[i].name, "rotate") != 0)
        return cli_usage(&cli_key, "--root and --to go with rotate");
    if (arg.to != NULL && !arg.root)
        return cli_usage(&cli_key, "--to goes with rotate --root");
    if (cli_open(&wn, &status))
        status = actions[i].run(wn, argc > 1 ? argv[1] : NULL);
    wn_close(wn);
    return status;
}

const struct cli_command cli_key = { "key", "[show|create|rotate|passphrase|export|verify]",
                                     "the store's key: where it is, a new one, a passphrase",
                                     options, run };
