/*
 * tty_test.c - the line discipline: what is typed against what is read and what the screen
 * shows.
 */
#include "fs/fs_test.h"
#include "personality/linux/tty/tty.h"

static struct tty *tty;
static struct file *file;
static char screen[8192];
static size_t shown, screen_room; /* bytes shown; what the screen still takes */
static unsigned resumed;

static status_t screen_write(struct tty *t, const char *data, size_t size, size_t *actual)
{
    (void)t;
    if (!screen_room)
        return ERR_SHOULD_WAIT;
    size = MIN(size, screen_room);
    memcpy(screen + shown, data, size);
    shown += size;
    screen[shown] = '\0';
    screen_room -= size;
    *actual = size;
    return OK;
}

static void screen_resume(struct tty *t)
{
    (void)t;
    resumed++;
}

static const struct tty_backend backend = {
    .name = "test", .write = screen_write, .resume = screen_resume};

static int open_tty(void **state)
{
    setup(state);
    shown = resumed = 0;
    screen[0] = '\0';
    screen_room = sizeof(screen) - 1;
    assert_int_equal(tty_create(&backend, TTY_NORMAL, DEV(5, 1), NULL, &tty), OK);
    assert_int_equal(tty_file_create(tty, FILE_READ | FILE_WRITE, &file), OK);
    return 0;
}

static int close_tty(void **state)
{
    file_put(file);
    tty_put(tty);
    return teardown(state);
}

static void type_bytes(const char *text)
{
    tty_input(tty, text, strlen(text));
}

/* One read of at most `size` bytes; "..." when it would wait. */
static const char *read_some(size_t size)
{
    static char text[512];
    size_t done;
    status_t st = t_read(file, text, size, FILE_POSITION, &done);

    text[done] = '\0';
    return st == ERR_SHOULD_WAIT ? "..." : st == OK ? text : status_text(st);
}

static unsigned readiness(void)
{
    return file_poll(file) & 0xffff; /* of poll(2) */
}

/* One conversation: typed, then the lines that successive reads give (joined by '|'), and the
 * screen. */
struct dialogue {
    const char *name, *typed, *read, *screen;
};

static const struct dialogue dialogues[] = {
    {"a line", "ls\r", "ls\n", "ls\r\n"},
    {"two lines, one read each", "a\nb\n", "a\n|b\n", "a\r\nb\r\n"},
    {"no line yet", "ab", "...", "ab"},
    {"erase", "ax\177b\n", "ab\n", "ax\b \bb\r\n"},
    {"erase at the start", "\177\177a\n", "a\n", "a\r\n"},
    {"erase a control character", "a\001\177b\n", "ab\n", "a^A\b \b\b \bb\r\n"},
    {"erase UTF-8", "\303\251\177e\n", "e\n", "\303\251\b \be\r\n"},
    {"kill", "abc\025x\n", "x\n", "abc\b \b\b \b\b \bx\r\n"},
    {"word", "ab cd\027e\n", "ab e\n", "ab cd\b \b\b \be\r\n"},
    {"word and the space behind", "ab  \027c\n", "c\n", "ab  \b \b\b \b\b \b\b \bc\r\n"},
    {"end of file at the start", "\004", "", ""},
    {"end of file in a line", "ab\004", "ab", "ab"},
    {"twice", "ab\004\004", "ab|", "ab"},
    {"literal", "\026\003\n", "\003\n", "^\b^C\r\n"},
    {"interrupt throws the line away", "ab\003cd\n", "cd\n", "^Ccd\r\n"},
    {"quit", "x\034y\n", "y\n", "^\\y\r\n"},
    {"reprint", "ab\022c\n", "abc\n", "ab^R\r\nabc\r\n"},
    {"tab", "\ta\n", "\ta\n", "\ta\r\n"},
    {"erase a tab", "a\t\177\n", "a\n", "a\t\b \b\b \b\b \b\b \b\b \b\b \b\b \b\r\n"},
};

static void check_dialogue(const struct dialogue *d)
{
    const char *rest = d->read;

    type_bytes(d->typed);
    for (;;) {
        const char *bar = strchr(rest, '|');
        size_t size = bar ? (size_t)(bar - rest) : strlen(rest);
        const char *got = read_some(511);

        if (strlen(got) != size || memcmp(got, rest, size))
            fail_msg("%s: read \"%s\", wanted \"%.*s\"", d->name, got, (int)size, rest);
        if (!rest[size])
            break;
        rest += size + 1;
    }
    if (strcmp(screen, d->screen))
        fail_msg("%s: the screen shows \"%s\", not \"%s\"", d->name, screen, d->screen);
}

static void test_dialogues(void **state)
{
    for (size_t i = 0; i < countof(dialogues); i++) {
        check_dialogue(&dialogues[i]);
        close_tty(state);
        open_tty(state);
    }
}

static void set_flags(uint32_t lflag_off, uint32_t iflag_off, uint8_t min, uint8_t time)
{
    tty->modes.base.lflag &= ~lflag_off;
    tty->modes.base.iflag &= ~iflag_off;
    tty->modes.base.cc[VMIN] = min;
    tty->modes.base.cc[VTIME] = time;
}

static void test_short_reads_of_a_line(void **state)
{
    (void)state;
    type_bytes("abcdef\n");
    assert_string_equal(read_some(4), "abcd");
    assert_string_equal(read_some(4), "ef\n");
    assert_string_equal(read_some(4), "...");
}

/* The end-of-file character that ends a line which a read took exactly is not the next one's.
 */
static void test_end_of_file_after_an_exact_read(void **state)
{
    (void)state;
    type_bytes("abcd\004");
    assert_string_equal(read_some(4), "abcd");
    assert_string_equal(read_some(4), "...");
}

static void test_raw(void **state)
{
    (void)state;
    set_flags(ICANON | ECHO | ISIG | IEXTEN, ICRNL | IXON, 1, 0);
    assert_int_equal(readiness(), FILE_OUT);
    type_bytes("\003\r\177\004");
    assert_int_equal(readiness(), FILE_IN | FILE_OUT);
    assert_string_equal(read_some(2), "\003\r");
    assert_string_equal(read_some(10), "\177\004");
    assert_string_equal(read_some(10), "...");
    assert_string_equal(screen, "");
}

static void test_vmin(void **state)
{
    (void)state;
    set_flags(ICANON, 0, 3, 0);
    type_bytes("ab");
    assert_string_equal(read_some(10), "...");
    assert_int_equal(readiness() & FILE_IN, 0);
    assert_string_equal(read_some(2), "ab");
    type_bytes("cde");
    assert_string_equal(read_some(10), "cde");
    set_flags(ICANON, 0, 0, 0);
    assert_string_equal(read_some(10), "");
}

static void test_vtime(void **state)
{
    (void)state;
    set_flags(ICANON, 0, 0, 2);
    assert_string_equal(read_some(10), "...");
    sim_advance(199 * NS_PER_MS);
    settle_tasks();
    assert_string_equal(read_some(10), "...");
    sim_advance(400 * NS_PER_MS);
    settle_tasks();
    assert_string_equal(read_some(10), "");

    /* Between bytes: the second one sets the clock back. */
    set_flags(ICANON, 0, 5, 2);
    type_bytes("a");
    sim_advance(150 * NS_PER_MS);
    settle_tasks();
    type_bytes("b");
    sim_advance(150 * NS_PER_MS);
    settle_tasks();
    assert_string_equal(read_some(10), "...");
    sim_advance(100 * NS_PER_MS);
    settle_tasks();
    assert_int_equal(readiness() & FILE_IN, FILE_IN);
    assert_string_equal(read_some(10), "ab");
}

static void put_text(const char *text)
{
    size_t done;

    assert_int_equal(t_write(file, text, strlen(text), FILE_POSITION, &done), OK);
    assert_int_equal(done, strlen(text));
}

static void test_output(void **state)
{
    static const struct {
        uint32_t oflag;
        const char *written, *screen;
    } cases[] = {
        {OPOST | ONLCR, "a\nb", "a\r\nb"},
        {0, "a\nb\r", "a\nb\r"},
        {OPOST, "a\n", "a\n"},
        {OPOST | OCRNL, "a\rb", "a\nb"},
        {OPOST | ONOCR, "\ra\r", "a\r"},
        {OPOST | XTABS, "a\tb", "a       b"},
    };

    for (size_t i = 0; i < countof(cases); i++) {
        tty->modes.base.oflag = cases[i].oflag;
        put_text(cases[i].written);
        assert_string_equal(screen, cases[i].screen);
        close_tty(state);
        open_tty(state);
    }
}

static void test_slow_screen(void **state)
{
    char text[6000];
    size_t done;

    (void)state;
    memset(text, 'x', sizeof(text));
    tty->modes.base.oflag = 0;
    screen_room = 10;
    assert_int_equal(t_write(file, text, sizeof(text), FILE_POSITION, &done), ERR_SHOULD_WAIT);
    assert_in_range(done, 3000, 4106);
    assert_int_equal(readiness(), 0);
    assert_int_equal(shown, 10);
    screen_room = 5000;
    tty_output_ready(tty);
    assert_int_equal(shown, done);
    assert_int_equal(readiness(), FILE_OUT);
}

static void test_stop_and_start(void **state)
{
    (void)state;
    type_bytes("\023");
    put_text("held");
    assert_string_equal(screen, "");
    type_bytes("\021");
    assert_string_equal(screen, "held");
}

static void test_full_input(void **state)
{
    char text[TTY_INPUT + 100];
    unsigned total = 0;

    (void)state;
    set_flags(ICANON | ECHO, 0, 1, 0);
    memset(text, 'x', sizeof(text));
    assert_int_equal(tty_input_room(tty), TTY_INPUT - 1);
    tty_input(tty, text, sizeof(text));
    assert_int_equal(tty_input_room(tty), 0);
    for (const char *got = read_some(500); strcmp(got, "..."); got = read_some(500))
        total += (unsigned)strlen(got);
    assert_int_equal(total, TTY_INPUT - 1);
    assert_int_equal(resumed, 1);
    assert_int_equal(tty_input_room(tty), TTY_INPUT - 1);
}

/* A line that is too long loses its end, and can still be ended. */
static void test_long_line(void **state)
{
    char text[TTY_INPUT + 100];
    unsigned total = 0;

    (void)state;
    set_flags(ECHO, 0, 1, 0);
    memset(text, 'x', sizeof(text));
    tty_input(tty, text, sizeof(text));
    type_bytes("\n");
    for (const char *got = read_some(500); strcmp(got, "..."); got = read_some(500))
        total += (unsigned)strlen(got);
    assert_int_equal(total, TTY_INPUT);
}

static void test_plain(void **state)
{
    struct tty *plain;

    (void)state;
    assert_int_equal(tty_create(&backend, TTY_PLAIN, DEV(5, 1), NULL, &plain), OK);
    tty_input(plain, "ls\n", 3);
    assert_string_equal(screen, "");
    tty_put(plain);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, open_tty, close_tty)
    const struct CMUnitTest tests[] = {
        TEST(test_dialogues),
        TEST(test_short_reads_of_a_line),
        TEST(test_end_of_file_after_an_exact_read),
        TEST(test_raw),
        TEST(test_vmin),
        TEST(test_vtime),
        TEST(test_output),
        TEST(test_slow_screen),
        TEST(test_stop_and_start),
        TEST(test_full_input),
        TEST(test_long_line),
        TEST(test_plain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
