/*
 * hostfs_test.c - a directory of the host behind the simulated machine, read and overlaid; and
 * descriptors of the host as files.
 */
#include "fs/hostfs.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/fs_test.h"
#include "fs/hostfile.h"
#include "fs/overlay.h"
#include "hal/host.h"

static char folder[64];
static struct filesystem *host;

static const char *in_folder(const char *name)
{
    static char texts[2][256]; /* by turns, for calls with two names */
    static unsigned turn;
    char *text = texts[turn++ % 2];

    snprintf(text, sizeof(texts[0]), "%s%s", folder, name);
    return text;
}

static void host_put(const char *name, const char *text)
{
    FILE *f = fopen(in_folder(name), "w");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void make_folder(void)
{
    strcpy(folder, "/tmp/hostfs-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_int_equal(mkdir(in_folder("/d"), 0755), 0);
    assert_int_equal(mkdir(in_folder("/d/e"), 0755), 0);
    host_put("/f", "host f");
    host_put("/d/e/g", "host g");
    assert_int_equal(symlink("/d/e/g", in_folder("/abs")), 0);
    assert_int_equal(mkfifo(in_folder("/fifo"), 0644), 0);
}

/* The guest sees hostfs itself, or an overlay on it. */
static int start(bool overlaid)
{
    struct filesystem *fs;

    make_folder();
    boot(&(struct sim_config){.host_root = folder});
    assert_int_equal(hostfs_create(hal_host_root(), ".", HOSTFS_READ_ONLY, &host), OK);
    if (overlaid)
        assert_int_equal(overlay_create(host, &fs), OK);
    mount_root(overlaid ? fs : filesystem_get(host));
    return 0;
}

static int setup_plain(void **state)
{
    (void)state;
    return start(false);
}

static int setup_overlaid(void **state)
{
    (void)state;
    return start(true);
}

static int teardown_host(void **state)
{
    char command[128];

    unmount_root();
    filesystem_put(host);
    (void)state;
    shut_down();
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command);
}

static void test_tree(void **state)
{
    struct stat st;
    struct file *file;
    char text[64];

    (void)state;
    assert_string_equal(t_get("/f"), "host f");
    assert_string_equal(t_get("/abs"), "host g"); /* absolute in the guest's tree */
    assert_int_equal(probe("/d/e/none"), ERR_NOT_FOUND);
    assert_int_equal(stat(in_folder("/d/e/g"), &st), 0);
    assert_int_equal(t_stat("/d/e/g").ino, st.st_ino);
    assert_int_equal(t_stat("/d/e/g").size, 6);
    assert_int_equal(t_stat("/d/e/g").uid, st.st_uid);
    strcpy(text, t_list("/d", 1));
    assert_string_equal(text, ". .. e ");
    assert_int_equal(strlen(t_list("/", 2)), strlen(". .. d f abs fifo "));
    assert_int_equal(t_stat("/fifo").type, INODE_FIFO);
    assert_int_equal(t_open("/fifo", FILE_READ, &file), ERR_ACCESS_DENIED);
}

static void test_read_only(void **state)
{
    struct file *file;

    (void)state;
    assert_int_equal(t_open("/f", FILE_WRITE, &file), ERR_READ_ONLY);
    assert_int_equal(t_unlink("/f"), ERR_READ_ONLY);
    assert_int_equal(t_mkdir("/new", 0755), ERR_READ_ONLY);
}

/* Close to open: a changed file is read anew, also by who has it mapped. */
static void test_coherence(void **state)
{
    struct file *file;
    struct vmo *vmo;
    char buf[8];

    (void)state;
    assert_int_equal(t_open("/f", FILE_READ, &file), OK);
    assert_int_equal(file_mmap(file, 0, PAGE_SIZE, &vmo), OK);
    assert_int_equal(vmo_read(vmo, 0, buf, 6, NULL), OK);
    host_put("/f", "changed, and longer");
    assert_string_equal(t_get("/f"), "changed, and longer");
    assert_int_equal(vmo_read(vmo, 0, buf, 7, NULL), OK);
    assert_memory_equal(buf, "changed", 7);
    host_put("/f", "");
    assert_string_equal(t_get("/f"), "");
    vmo_put(vmo);
    file_put(file);
}

/* Names are believed for a second; then what the host did shows. */
static void test_names_expire(void **state)
{
    struct file *file;

    (void)state;
    assert_int_equal(probe("/new"), ERR_NOT_FOUND);
    assert_string_equal(t_get("/f"), "host f");
    host_put("/new", "new");
    assert_int_equal(rename(in_folder("/f"), in_folder("/moved")), 0);
    host_put("/f", "another");
    sim_advance(2 * NS_PER_SEC);
    assert_string_equal(t_get("/new"), "new");
    assert_string_equal(t_get("/f"), "another");
    assert_string_equal(t_get("/moved"), "host f");
    assert_int_equal(unlink(in_folder("/new")), 0);
    sim_advance(2 * NS_PER_SEC);
    assert_int_equal(t_open("/new", FILE_READ, &file), ERR_NOT_FOUND);
}

/* Another file by that name within the second: the open says so, and the next walk finds it. */
static void test_stale(void **state)
{
    (void)state;
    assert_int_equal(t_stat("/f").size, 6);
    assert_int_equal(unlink(in_folder("/d/e/g")), 0);
    assert_int_equal(rename(in_folder("/f"), in_folder("/d/e/g")), 0);
    host_put("/f", "other");
    assert_string_equal(t_get("/f"), status_text(ERR_STALE));
    assert_string_equal(t_get("/f"), "other");
}

/* A moved directory is found by its new way, and so is what is in it. */
static void test_moved_directory(void **state)
{
    (void)state;
    assert_string_equal(t_get("/d/e/g"), "host g");
    assert_int_equal(rename(in_folder("/d/e"), in_folder("/e2")), 0);
    assert_int_equal(rename(in_folder("/d"), in_folder("/e2/d")), 0);
    sim_advance(2 * NS_PER_SEC);
    assert_int_equal(probe("/d"), ERR_NOT_FOUND);
    assert_int_equal(probe("/e2/d"), OK);
    assert_string_equal(t_get("/e2/g"), "host g");
}

static void test_descriptors_bounded(void **state)
{
    char name[64], text[64];

    (void)state;
    for (int i = 0; i < 40; i++) {
        snprintf(name, sizeof(name), "/d/e/file-%d", i);
        host_put(name, name);
    }
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 40; i++) {
            snprintf(name, sizeof(name), "/d/e/file-%d", i);
            strcpy(text, t_get(name));
            assert_string_equal(text, name);
            assert_true(hostfs_open_descriptors(host) <= 8);
        }
}

static void test_large_file(void **state)
{
    char buf[16];
    struct file *file;
    size_t done;
    FILE *f = fopen(in_folder("/large"), "w");

    (void)state;
    for (int i = 0; i < 100000; i++)
        fprintf(f, "%08d\n", i);
    fclose(f);
    assert_int_equal(t_open("/large", FILE_READ, &file), OK);
    for (int i = 0; i < 100000; i += 997) {
        char want[16];

        snprintf(want, sizeof(want), "%08d\n", i);
        assert_int_equal(t_read(file, buf, 9, (uint64_t)i * 9, &done), OK);
        assert_memory_equal(buf, want, 9);
    }
    assert_int_equal(t_read(file, buf, 16, 899998, &done), OK);
    assert_int_equal(done, 2);
    file_put(file);
}

static void test_overlaid(void **state)
{
    uint64_t ino;

    (void)state;
    ino = t_stat("/d/e/g").ino;
    assert_int_equal(t_put("/d/e/g", "guest"), OK);
    assert_int_equal(t_unlink("/f"), OK);
    assert_int_equal(t_rename("/d", "/d2", 0), OK);
    assert_int_equal(t_mkdir("/d", 0755), OK);
    sim_advance(2 * NS_PER_SEC);
    dentry_shrink();
    assert_int_equal(probe("/f"), ERR_NOT_FOUND);
    assert_int_equal(probe("/d/e"), ERR_NOT_FOUND);
    assert_string_equal(t_get("/d2/e/g"), "guest");
    assert_int_equal(t_stat("/d2/e/g").ino, ino);
    assert_int_equal(access(in_folder("/f"), F_OK), 0);
    host_put("/news", "from the host");
    sim_advance(2 * NS_PER_SEC);
    assert_string_equal(t_get("/news"), "from the host");
}

static void test_overlaid_append(void **state)
{
    struct file *file;
    size_t done;

    (void)state;
    assert_int_equal(t_open("/f", FILE_WRITE | FILE_APPEND, &file), OK);
    assert_int_equal(t_write(file, "!", 1, FILE_POSITION, &done), OK);
    file_put(file);
    assert_string_equal(t_get("/f"), "host f!");
    assert_int_equal(t_open("/fifo", FILE_READ, &file), ERR_ACCESS_DENIED);
}

/* A pipe of the host: readiness by its watch, end of file, and a reader that is gone. */
static void test_host_pipe(void **state)
{
    struct file *in, *out;
    char buf[8];
    size_t done;
    int fds[2];

    (void)state;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(hostfile_open(fds[0], &in), OK);
    assert_int_equal(hostfile_open(fds[1], &out), OK);
    assert_int_equal(hostfile_open(999, &(struct file *){NULL}), ERR_BAD_FD);
    assert_int_equal(file_poll(in), 0);
    assert_int_equal(file_poll(out), FILE_OUT);
    assert_int_equal(t_read(in, buf, 8, FILE_POSITION, &done), ERR_SHOULD_WAIT);
    assert_int_equal(t_write(out, "hello", 5, FILE_POSITION, &done), OK);
    assert_int_equal(done, 5);
    hal_cpu_halt();
    hal_irq_serve();
    assert_int_equal(file_poll(in), FILE_IN);
    assert_int_equal(t_read(in, buf, 2, FILE_POSITION, &done), OK);
    assert_int_equal(done, 2);
    assert_int_equal(t_read(in, buf, 8, FILE_POSITION, &done), OK);
    assert_int_equal(done, 3);
    assert_memory_equal(buf, "llo", 3);
    assert_int_equal(file_poll(in), 0);
    file_put(out);
    close(fds[1]);
    hal_cpu_halt();
    hal_irq_serve();
    assert_true(file_poll(in) & FILE_HUP);
    assert_int_equal(t_read(in, buf, 8, FILE_POSITION, &done), OK);
    assert_int_equal(done, 0);
    file_put(in);
    close(fds[0]);
}

/* A file of the host keeps its position with the host. */
static void test_host_file(void **state)
{
    struct file *file;
    char buf[8];
    uint64_t pos;
    size_t done;
    int fd = open(in_folder("/f"), O_RDWR);

    (void)state;
    assert_int_equal(hostfile_open(fd, &file), OK);
    assert_int_equal(t_read(file, buf, 5, FILE_POSITION, &done), OK);
    assert_memory_equal(buf, "host ", 5);
    assert_int_equal(lseek(fd, 0, SEEK_CUR), 5);
    assert_int_equal(t_write(file, "F!", 2, FILE_POSITION, &done), OK);
    assert_int_equal(t_write(file, "H", 1, 0, &done), OK);
    assert_int_equal(file_seek(file, 0, 1, &pos), OK);
    assert_int_equal(pos, 7);
    assert_int_equal(t_read(file, buf, 8, 0, &done), OK);
    assert_int_equal(done, 7);
    assert_memory_equal(buf, "Host F!", 7);
    assert_int_equal(file_poll(file), FILE_IN | FILE_OUT);
    file_put(file);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_tree, setup_plain, teardown_host),
        cmocka_unit_test_setup_teardown(test_read_only, setup_plain, teardown_host),
        cmocka_unit_test_setup_teardown(test_coherence, setup_plain, teardown_host),
        cmocka_unit_test_setup_teardown(test_names_expire, setup_plain, teardown_host),
        cmocka_unit_test_setup_teardown(test_stale, setup_plain, teardown_host),
        cmocka_unit_test_setup_teardown(test_moved_directory, setup_plain, teardown_host),
        cmocka_unit_test_setup_teardown(test_descriptors_bounded, setup_plain, teardown_host),
        cmocka_unit_test_setup_teardown(test_large_file, setup_plain, teardown_host),
        cmocka_unit_test_setup_teardown(test_overlaid, setup_overlaid, teardown_host),
        cmocka_unit_test_setup_teardown(test_overlaid_append, setup_overlaid, teardown_host),
        cmocka_unit_test_setup_teardown(test_host_pipe, setup_plain, teardown_host),
        cmocka_unit_test_setup_teardown(test_host_file, setup_plain, teardown_host),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
