/*
 * layers_test.c - an overlay that is kept: what it shows, what the next run shows, and that a
 * store that fails at any point leaves the old state or the new.
 */
#include "fs/layers.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/fs_test.h"
#include "fs/hostfs.h"
#include "hal/host.h"

static char folder[64];

static void host_put(const char *name, const char *text)
{
    char path[256];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void host_shell(const char *script)
{
    char command[512];

    snprintf(command, sizeof(command), "cd %s && %s", folder, script);
    assert_int_equal(system(command), 0);
}

static void make_folder(void)
{
    strcpy(folder, "/tmp/layers-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    host_shell("mkdir -p lower/d/e store");
    host_put("lower/f", "f");
    host_put("lower/g", "g");
    host_put("lower/d/a", "a");
    host_put("lower/d/e/b", "b");
}

static struct filesystem *open_host(const char *name, enum hostfs_access access)
{
    struct filesystem *fs;

    assert_int_equal(hostfs_create(hal_host_root(), name, access, &fs), OK);
    return fs;
}

static void start(void)
{
    struct filesystem *lower, *store, *fs;

    boot(&(struct sim_config){.host_root = folder});
    lower = open_host("lower", HOSTFS_READ_ONLY);
    store = open_host("store", HOSTFS_WRITABLE);
    assert_int_equal(layers_create(lower, store, &fs), OK);
    filesystem_put(lower);
    filesystem_put(store);
    mount_root(fs);
    env.uid = getuid();
    env.gid = getgid();
}

static void stop(void)
{
    sim_host_fail(0, OK);
    unmount_root();
    shut_down();
}

static void run_again(void)
{
    stop();
    start();
}

static void remove_folder(void)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -rf %s", folder);
    assert_int_equal(system(command), 0);
}

static int setup_layers(void **state)
{
    (void)state;
    make_folder();
    start();
    return 0;
}

static int teardown_layers(void **state)
{
    (void)state;
    stop();
    remove_folder();
    return 0;
}

static void test_shows_through(void **state)
{
    (void)state;
    assert_string_equal(t_get("/d/e/b"), "b");
    assert_int_equal(t_put("/f", "changed"), OK);
    assert_int_equal(t_put("/d/e/new", "new"), OK);
    assert_string_equal(t_get("/f"), "changed");
    run_again();
    assert_string_equal(t_get("/f"), "changed");
    assert_string_equal(t_get("/d/e/new"), "new");
    assert_string_equal(t_get("/d/e/b"), "b");
    assert_non_null(strstr(t_list("/d/e", 1), "b "));
    host_shell("test $(cat lower/f) = f && test ! -e lower/d/e/new");
}

static void test_gone(void **state)
{
    (void)state;
    assert_int_equal(t_unlink("/f"), OK);
    assert_int_equal(t_unlink("/d/e/b"), OK);
    assert_int_equal(t_rmdir("/d"), ERR_NOT_EMPTY);
    assert_int_equal(t_rmdir("/d/e"), OK);
    assert_int_equal(t_unlink("/d/a"), OK);
    assert_int_equal(t_rmdir("/d"), OK);
    run_again();
    assert_int_equal(probe("/f"), ERR_NOT_FOUND);
    assert_string_equal(t_list("/", 2), ". .. g ");
    /* What gets the name is not merged with what had it. */
    assert_int_equal(t_mkdir("/d", 0755), OK);
    assert_int_equal(t_put("/d/x", "x"), OK);
    run_again();
    assert_string_equal(t_list("/d", 2), ". .. x ");
    host_shell("test $(cat lower/d/e/b) = b");
}

static void test_renames(void **state)
{
    (void)state;
    assert_int_equal(t_rename("/d", "/d2", 0), ERR_CROSS_DEVICE);
    assert_int_equal(t_rename("/f", "/d/f", 0), OK);
    assert_int_equal(t_rename("/g", "/d/a", 0), OK);
    assert_int_equal(t_mkdir("/n", 0755), OK);
    assert_int_equal(t_put("/n/x", "x"), OK);
    assert_int_equal(t_rename("/n", "/m", 0), OK);
    run_again();
    assert_string_equal(t_get("/d/f"), "f");
    assert_string_equal(t_get("/d/a"), "g");
    assert_string_equal(t_get("/m/x"), "x");
    assert_int_equal(probe("/f"), ERR_NOT_FOUND);
    assert_int_equal(probe("/g"), ERR_NOT_FOUND);
    assert_int_equal(t_rename("/d/f", "/d/a", VFS_RENAME_EXCHANGE), OK);
    assert_string_equal(t_get("/d/f"), "g");
    /* A new directory over an empty one that the lower layer has. */
    assert_int_equal(t_unlink("/d/e/b"), OK);
    assert_int_equal(t_rename("/m", "/d/e", 0), OK);
    run_again();
    assert_string_equal(t_list("/d/e", 2), ". .. x ");
}

/* Who had it open sees the copy; who removed it cannot bring it back. */
static void test_open_across_copy_up(void **state)
{
    struct file *file, *writer;
    char buf[8];
    size_t done;

    (void)state;
    assert_int_equal(t_open("/f", FILE_READ, &file), OK);
    assert_int_equal(t_open("/f", FILE_WRITE, &writer), OK);
    assert_int_equal(t_write(writer, "F", 1, 0, &done), OK);
    assert_int_equal(t_read(file, buf, 1, 0, &done), OK);
    assert_int_equal(buf[0], 'F');
    file_put(writer);
    file_put(file);
    assert_int_equal(t_open("/g", FILE_READ, &file), OK);
    assert_int_equal(t_unlink("/g"), OK);
    assert_int_equal(file->inode->ops->prepare_write(file->inode), ERR_STALE);
    assert_int_equal(t_read(file, buf, 1, 0, &done), OK);
    assert_int_equal(buf[0], 'g');
    file_put(file);
}

static void test_hard_links(void **state)
{
    (void)state;
    host_shell("ln lower/f lower/h");
    assert_string_equal(t_get("/h"), "f");
    assert_int_equal(t_put("/h", "own"), OK);
    assert_string_equal(t_get("/f"), "f");
    assert_string_equal(t_get("/h"), "own");
    run_again();
    assert_string_equal(t_get("/f"), "f");
    assert_string_equal(t_get("/h"), "own");
}

/* --- a store that fails --- */

static status_t write_file(void)
{
    struct file *file;
    size_t done;
    status_t st = t_open("/d/e/b", FILE_WRITE, &file);

    if (st != OK)
        return st;
    st = t_write(file, "B", 1, 0, &done);
    file_put(file);
    return st;
}

static status_t unlink_file(void)
{
    return t_unlink("/d/e/b");
}

static status_t remove_dir(void)
{
    return t_rmdir("/empty");
}

static status_t rename_over(void)
{
    return t_rename("/f", "/g", 0);
}

static status_t rename_dir(void)
{
    return t_rename("/new", "/empty", 0);
}

static const struct change {
    status_t (*perform)(void);
    const char *before, *after;
} changes[] = {
    {write_file, ". .. d empty f g new b=b f=f g=g", ". .. d empty f g new b=B f=f g=g"},
    {unlink_file, ". .. d empty f g new b=b f=f g=g",
     ". .. d empty f g new b=not found f=f g=g"},
    {remove_dir, ". .. d empty f g new b=b f=f g=g", ". .. d f g new b=b f=f g=g"},
    {rename_over, ". .. d empty f g new b=b f=f g=g", ". .. d empty g new b=b f=not found g=f"},
    {rename_dir, ". .. d empty f g new b=b f=f g=g", ". .. d empty f g b=b f=f g=g"},
};

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of the root in order, and what some files have. */
static const char *view(void)
{
    static const char *const files[][2] = {{"b", "/d/e/b"}, {"f", "/f"}, {"g", "/g"}};
    static char text[512];
    char names[256], *words[32];
    size_t count = 0, at = 0;

    snprintf(names, sizeof(names), "%s", t_list("/", 3));
    for (char *word = strtok(names, " "); word; word = strtok(NULL, " "))
        words[count++] = word;
    qsort(words, count, sizeof(words[0]), by_name);
    for (size_t i = 0; i < count; i++)
        at += (size_t)snprintf(text + at, sizeof(text) - at, "%s ", words[i]);
    for (size_t i = 0; i < countof(files); i++)
        at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s=%s", i ? " " : "",
                               files[i][0], t_get(files[i][1]));
    return text;
}

/* A fresh store, with a change in it already: a mark below an empty directory. */
static void prepare(void)
{
    make_folder();
    host_shell("mkdir lower/empty");
    host_put("lower/empty/x", "x");
    start();
    assert_int_equal(t_unlink("/empty/x"), OK);
    assert_int_equal(t_mkdir("/new", 0755), OK);
}

/* True: it failed. */
static bool fails_after(const struct change *change, unsigned calls)
{
    bool failed;
    const char *shown;

    prepare();
    assert_string_equal(view(), change->before);
    sim_host_fail(calls, ERR_IO);
    failed = change->perform() != OK;
    run_again();
    shown = view();
    if (strcmp(shown, change->after) && (!failed || strcmp(shown, change->before)))
        fail_msg("after %u calls: %s", calls, shown);
    host_shell("test -z \"$(ls store/work)\"");
    stop();
    remove_folder();
    return failed;
}

static void test_failing_store(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(changes); i++)
        for (unsigned calls = 0; fails_after(&changes[i], calls); calls++)
            assert_true(calls < 40);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_layers, teardown_layers)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_shows_through), TEST(test_gone),
        TEST(test_renames),       TEST(test_open_across_copy_up),
        TEST(test_hard_links),    cmocka_unit_test(test_failing_store),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
