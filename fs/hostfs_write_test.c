/*
 * hostfs_write_test.c - files of the host written by the guest: what arrives there, and what
 * happens when the host refuses.
 */
#include "fs/hostfs.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/fs_test.h"
#include "hal/host.h"

static char folder[64];

static const char *in_folder(const char *name)
{
    static char texts[2][256]; /* by turns, for calls with two names */
    static unsigned turn;
    char *text = texts[turn++ % 2];

    snprintf(text, sizeof(texts[0]), "%s%s", folder, name);
    return text;
}

/* What the host has in its file, as text. */
static const char *host_get(const char *name)
{
    static char text[256];
    FILE *f = fopen(in_folder(name), "r");
    size_t size;

    if (!f)
        return "no file";
    size = fread(text, 1, sizeof(text) - 1, f);
    text[size] = '\0';
    fclose(f);
    return text;
}

static void host_put(const char *name, const char *text)
{
    FILE *f = fopen(in_folder(name), "w");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static int setup_host(void **state)
{
    struct filesystem *fs;

    (void)state;
    strcpy(folder, "/tmp/hostfs-write-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    host_put("/f", "host f");
    assert_int_equal(mkdir(in_folder("/d"), 0755), 0);
    boot(&(struct sim_config){.host_root = folder});
    assert_int_equal(hostfs_create(hal_host_root(), ".", HOSTFS_WRITABLE, &fs), OK);
    mount_root(fs);
    env.uid = getuid();
    env.gid = getgid();
    return 0;
}

static int teardown_host(void **state)
{
    char command[128];

    (void)state;
    sim_host_fail(0, OK);
    unmount_root();
    shut_down();
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command);
}

static void append(struct file *file, const char *text)
{
    size_t done;

    assert_int_equal(t_write(file, text, strlen(text), FILE_POSITION, &done), OK);
    assert_int_equal(done, strlen(text));
}

static void test_write_through(void **state)
{
    struct file *file;
    size_t done;

    (void)state;
    assert_int_equal(t_open("/f", FILE_READ | FILE_WRITE, &file), OK);
    assert_string_equal(t_get("/f"), "host f"); /* its page is present */
    assert_int_equal(t_write(file, "HOST", 4, 0, &done), OK);
    assert_string_equal(host_get("/f"), "HOST f");
    assert_string_equal(t_get("/f"), "HOST f");
    assert_int_equal(t_write(file, "far", 3, 2 * PAGE_SIZE, &done), OK);
    assert_int_equal(t_stat("/f").size, 2 * PAGE_SIZE + 3);
    assert_int_equal(file_truncate(file, 2), OK);
    assert_string_equal(host_get("/f"), "HO");
    assert_string_equal(t_get("/f"), "HO");
    file_put(file);
}

/* The end is the host's of now, whoever moved it. */
static void test_append(void **state)
{
    struct file *file;

    (void)state;
    assert_int_equal(t_open("/f", FILE_WRITE | FILE_APPEND, &file), OK);
    append(file, "1");
    host_put("/f", "other text");
    append(file, "2");
    file_put(file);
    assert_string_equal(host_get("/f"), "other text2");
}

/* A descriptor for writing is open only while somebody writes. */
static void test_created_file(void **state)
{
    struct stat st;

    (void)state;
    assert_int_equal(t_put("/d/new", "text"), OK);
    assert_string_equal(host_get("/d/new"), "text");
    assert_int_equal(stat(in_folder("/d/new"), &st), 0);
    assert_int_equal(t_stat("/d/new").ino, st.st_ino);
    assert_int_equal(t_stat("/d/new").mode, st.st_mode & 07777);
}

static void test_names(void **state)
{
    (void)state;
    assert_int_equal(t_mkdir("/d/e", 0750), OK);
    assert_int_equal(t_rename("/f", "/d/e/g", 0), OK);
    assert_string_equal(host_get("/d/e/g"), "host f");
    assert_int_equal(t_rename("/d", "/d2", VFS_RENAME_NOREPLACE), OK);
    assert_string_equal(t_get("/d2/e/g"), "host f");
    assert_int_equal(t_put("/x", "x"), OK);
    assert_int_equal(t_rename("/x", "/d2/e/g", VFS_RENAME_NOREPLACE), ERR_ALREADY_EXISTS);
    assert_int_equal(t_rename("/x", "/d2/e/g", VFS_RENAME_EXCHANGE), OK);
    assert_string_equal(host_get("/x"), "host f");
    assert_string_equal(t_get("/d2/e/g"), "x");
    assert_int_equal(t_rmdir("/d2/e"), ERR_NOT_EMPTY);
    assert_int_equal(t_unlink("/d2/e/g"), OK);
    assert_int_equal(t_rmdir("/d2/e"), OK);
    assert_int_equal(access(in_folder("/d2/e"), F_OK), -1);
}

/* Who has a file open goes on with it when its name is gone, or another's. */
static void test_unlinked_open(void **state)
{
    struct file *file;
    char buf[8];
    size_t done;

    (void)state;
    assert_int_equal(t_open("/f", FILE_READ, &file), OK);
    assert_int_equal(t_unlink("/f"), OK);
    assert_int_equal(t_put("/f", "another"), OK);
    assert_int_equal(t_read(file, buf, 6, 0, &done), OK);
    assert_memory_equal(buf, "host f", 6);
    file_put(file);
    assert_string_equal(t_get("/f"), "another");
}

/* Descriptors of this process. */
static unsigned descriptors(void)
{
    unsigned count = 0;

    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static uint32_t mode_after_change(const char *name, uint32_t mode)
{
    assert_int_equal(t_set_attr(name, (struct inode_attr){.mode = mode}, ATTR_MODE), OK);
    return t_stat(name).mode;
}

/* The name that is left leads to the file, without a descriptor kept for it. */
static void test_other_names(void **state)
{
    struct file *file;
    unsigned before;

    (void)state;
    assert_int_equal(t_symlink("to", "/s"), OK);
    assert_int_equal(t_link("/s", "/t"), OK);
    assert_int_equal(t_link("/f", "/d/g"), OK);
    before = descriptors();
    assert_int_equal(t_unlink("/f"), OK);
    assert_int_equal(t_unlink("/t"), OK);
    assert_int_equal(mode_after_change("/d/g", 0600), 0600);
    assert_string_equal(t_get("/d/g"), "host f");
    assert_int_equal(probe("/s/x"), ERR_NOT_FOUND);
    assert_int_equal(t_rename("/d", "/e", 0), OK);
    assert_int_equal(mode_after_change("/e/g", 0640), 0640);
    assert_int_equal(t_link("/e/g", "/f"), OK);
    assert_int_equal(t_unlink("/f"), OK);
    assert_int_equal(mode_after_change("/e/g", 0600), 0600);
    assert_true(descriptors() <= before + 1); /* the file's own, to read it */
    assert_int_equal(t_open("/e/g", FILE_READ, &file), OK);
    assert_int_equal(t_unlink("/e/g"), OK);
    assert_true(descriptors() > before);
    file_put(file);
    assert_true(descriptors() <= before);
}

/* Dirty pages: on the host by sync, and not before; the file grows by none. */
static void test_mapping(void **state)
{
    struct file *file;
    struct vmo *vmo;
    struct page *page;
    bool writable;

    (void)state;
    assert_int_equal(t_open("/f", FILE_READ | FILE_WRITE, &file), OK);
    assert_int_equal(file_mmap(file, 0, PAGE_SIZE, &vmo), OK);
    {
        SPIN_GUARD(&vmo->lock);
        assert_int_equal(vmo_get_page_locked(vmo, 0, VMO_WRITE, &page, &writable), OK);
        memcpy(page_data(page), "mapped, and more", 16);
        page->dirty = true; /* as a fault notes it */
        vmo->pager->dirtied(vmo, 0);
    }
    assert_string_equal(host_get("/f"), "host f");
    sim_host_fail(0, ERR_NO_SPACE);
    assert_int_equal(file_sync(file, SYNC_DATA), ERR_NO_SPACE);
    sim_host_fail(0, OK);
    assert_string_equal(host_get("/f"), "host f");
    assert_int_equal(file_sync(file, SYNC_DATA), OK);
    assert_string_equal(host_get("/f"), "mapped");
    {
        SPIN_GUARD(&vmo->lock);
        memcpy(page_data(page), "MAPPED", 6);
        page->dirty = true;
        vmo->pager->dirtied(vmo, 0);
    }
    vmo_put(vmo);
    file_put(file);
    file_sync_all(SYNC_FS_WRITE);
    assert_string_equal(host_get("/f"), "MAPPED");
}

/* What the host refuses comes out as it is, and changes nothing. */
static void test_refusals(void **state)
{
    static const status_t errors[] = {ERR_NO_SPACE, ERR_ACCESS_DENIED, ERR_READ_ONLY,
                                      ERR_QUOTA};
    struct file *file;
    size_t done;

    (void)state;
    assert_int_equal(t_open("/f", FILE_READ | FILE_WRITE, &file), OK);
    for (size_t i = 0; i < countof(errors); i++) {
        sim_host_fail(0, errors[i]);
        assert_int_equal(t_write(file, "text", 4, 0, &done), errors[i]);
        assert_int_equal(done, 0);
        assert_int_equal(file_truncate(file, 0), errors[i]);
        assert_int_equal(t_put("/new", "x"), errors[i]);
        assert_int_equal(t_mkdir("/new", 0755), errors[i]);
        assert_int_equal(t_unlink("/f"), errors[i]);
        assert_int_equal(t_rename("/f", "/new", 0), errors[i]);
        assert_int_equal(t_rmdir("/d"), errors[i]);
    }
    sim_host_fail(0, OK);
    assert_string_equal(t_get("/f"), "host f");
    assert_int_equal(probe("/new"), ERR_NOT_FOUND);
    assert_int_equal(probe("/d"), OK);
    file_put(file);
}

/* Close to open: what the host changed is read; what the guest wrote is not read again. */
static void test_coherence(void **state)
{
    (void)state;
    assert_int_equal(t_put("/g", "guest"), OK);
    assert_string_equal(t_get("/g"), "guest");
    host_put("/g", "the host's");
    assert_string_equal(t_get("/g"), "the host's");
    assert_int_equal(t_put("/g", "guest"), OK);
    assert_string_equal(host_get("/g"), "guest");
}

/* Entries that come and go while a reader pauses move nothing. */
static void test_listing_goes_on(void **state)
{
    char name[32];
    const char *all;

    (void)state;
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof(name), "/d/file-%03d", i);
        host_put(name, "");
    }
    all = t_list("/d", 7); /* at most seven at a time */
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof(name), "file-%03d ", i);
        assert_non_null(strstr(all, name));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_host, teardown_host)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_write_through),   TEST(test_append),        TEST(test_created_file),
        TEST(test_names),           TEST(test_unlinked_open), TEST(test_other_names),
        TEST(test_mapping),         TEST(test_refusals),      TEST(test_coherence),
        TEST(test_listing_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
