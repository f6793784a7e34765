/*
 * transfer_wait_test.c - transfers that wait: for user memory to be brought in, for the file's
 * own pages, and for locks.
 */
#include "fs/fs_test.h"

#define USER_BASE 0x10000000ull

static struct file *file;

static int setup_file(void **state)
{
    setup(state);
    assert_int_equal(t_put("/f", ""), OK);
    assert_int_equal(t_open("/f", FILE_READ | FILE_WRITE, &file), OK);
    return 0;
}

static int teardown_file(void **state)
{
    file_put(file);
    return teardown(state);
}

/* A pager that gives its page n, all bytes n + 1, only to those who wait. */
struct slow_page_in {
    VMO_PAGE_IN_FRAME;
};
CO_FITS(slow_page_in, union vmo_page_in_slot);
static co_fn slow_page_in;
static struct task *page_waiter;
static bool page_ready;

static status_t slow_try(struct vmo *vmo, uint64_t index, struct page *page)
{
    (void)vmo, (void)index, (void)page;
    return ERR_SHOULD_WAIT;
}

CO_FN(slow_page_in)
{
    page_waiter = task;
    CO_WAIT_KILLABLE(page_ready);
    if (!page_ready)
        CO_RETURN(ERR_CANCELED);
    memset(page_data(f->page), (int)f->index + 1, PAGE_SIZE);
    CO_RETURN(OK);
}
CO_END

static const struct vmo_pager_ops slow_pager = {.try_page_in = slow_try,
                                                .page_in = slow_page_in};

struct user {
    struct aspace *aspace;
    struct user_access access;
    struct task task;
    struct file_transfer transfer;
    struct iobuf io;
};

/* Two pages at USER_BASE: of the slow pager, or anonymous. */
static void user_init(struct user *u, const struct vmo_pager_ops *pager)
{
    struct vmo *vmo;
    user_addr_t at;

    *u = (struct user){0};
    page_ready = false;
    page_waiter = NULL;
    assert_int_equal(aspace_create(&u->aspace), OK);
    u->access.aspace = u->aspace;
    if (pager)
        assert_int_equal(vmo_create_paged(2 * PAGE_SIZE, pager, NULL, &vmo), OK);
    else
        assert_int_equal(vmo_create(2 * PAGE_SIZE, 0, &vmo), OK);
    assert_int_equal(
        vmar_map(u->aspace->root,
                 &(struct vmar_map_args){.vmo = vmo,
                                         .size = 2 * PAGE_SIZE,
                                         .prot = HAL_PROT_READ | HAL_PROT_WRITE,
                                         .max_prot = HAL_PROT_READ | HAL_PROT_WRITE,
                                         .place = PLACE_EXACT,
                                         .addr = USER_BASE},
                 &at),
        OK);
    vmo_put(vmo);
}

static void user_fini(struct user *u)
{
    aspace_clear(u->aspace);
    aspace_put(u->aspace);
}

static void user_start(struct user *u, user_addr_t addr, size_t size,
                       enum file_direction direction)
{
    iobuf_init_user(&u->io, &u->access, addr, size);
    u->transfer = (struct file_transfer){.co = {.resume = file_transfer},
                                         .file = file,
                                         .io = &u->io,
                                         .at = FILE_POSITION,
                                         .direction = direction};
    task_spawn(&u->task, "user", &u->transfer.co, TASK_PRIORITY_DEFAULT, NULL, NULL);
    settle_tasks();
}

/* The pages of a write's source come from a pager, one after the other, and nobody is kept from
 * the file meanwhile. */
static void test_user_page(void **state)
{
    char buf[2 * PAGE_SIZE];
    struct user u;
    size_t done;

    (void)state;
    user_init(&u, &slow_pager);
    user_start(&u, USER_BASE + 96, 2 * PAGE_SIZE - 96, FILE_TRANSFER_WRITE);
    assert_false(task_done(&u.task));
    assert_int_equal(t_write(file, "elsewhere", 9, 20000, &done), OK);
    page_ready = true;
    task_wake(page_waiter);
    settle_tasks();
    assert_true(task_done(&u.task));
    assert_int_equal(u.task.status, OK);
    assert_int_equal(u.io.done, 2 * PAGE_SIZE - 96);
    assert_int_equal(t_read(file, buf, sizeof(buf), 0, &done), OK);
    assert_int_equal(buf[0], 1);
    assert_int_equal(buf[PAGE_SIZE - 97], 1);
    assert_int_equal(buf[PAGE_SIZE - 96], 2);
    user_fini(&u);
}

static void test_user_page_killed(void **state)
{
    struct user u;

    (void)state;
    user_init(&u, &slow_pager);
    user_start(&u, USER_BASE, 10, FILE_TRANSFER_WRITE);
    task_interrupt(&u.task, TASK_SIGNAL);
    settle_tasks();
    assert_false(task_done(&u.task)); /* a page is waited for to the end, or to death */
    task_interrupt(&u.task, TASK_KILL);
    settle_tasks();
    assert_int_equal(u.task.status, ERR_CANCELED);
    assert_null(file->position_lock.owner);
    assert_null(file->inode->mutex.owner);
    user_fini(&u);
}

static void test_bad_address(void **state)
{
    struct user u;

    (void)state;
    user_init(&u, NULL);
    user_start(&u, 0x666000, 10, FILE_TRANSFER_WRITE);
    assert_int_equal(u.task.status, ERR_FAULT);
    assert_int_equal(t_stat("/f").size, 0);
    /* What precedes the bad page counts. */
    user_start(&u, USER_BASE + 2 * PAGE_SIZE - 10, 20, FILE_TRANSFER_WRITE);
    assert_int_equal(u.task.status, OK);
    assert_int_equal(u.io.done, 10);
    assert_int_equal(t_stat("/f").size, 10);
    user_fini(&u);
}

/* A file whose own pages come from a slow pager, as a copied-up file of a slow file system. */
static void test_slow_file(void **state)
{
    struct vmo *vmo, *clone;
    char buf[4] = "";
    struct user u;

    (void)state;
    user_init(&u, NULL);
    assert_int_equal(vmo_create_paged(2 * PAGE_SIZE, &slow_pager, NULL, &vmo), OK);
    assert_int_equal(vmo_clone(vmo, 0, 2 * PAGE_SIZE, &clone), OK);
    vmo_put(file->inode->vmo);
    file->inode->vmo = clone;
    file->inode->attr.size = 2 * PAGE_SIZE;
    file->position = PAGE_SIZE - 2;
    user_start(&u, USER_BASE, 4, FILE_TRANSFER_READ);
    assert_false(task_done(&u.task));
    page_ready = true;
    task_wake(page_waiter);
    settle_tasks();
    assert_int_equal(u.task.status, OK);
    assert_int_equal(u.io.done, 4);
    assert_int_equal(copy_from_user(&u.access, buf, USER_BASE, 4), OK);
    assert_memory_equal(buf, "\1\1\2\2", 4);
    vmo_put(vmo);
    user_fini(&u);
}

/* Locks that are taken: the plain form gives up at once, the coroutine waits its turn. */
static void test_contention(void **state)
{
    static struct task owner;
    struct user u;
    size_t done;

    (void)state;
    user_init(&u, NULL);
    assert_true(mutex_try_lock(&file->position_lock, &owner));
    assert_int_equal(t_write(file, "x", 1, FILE_POSITION, &done), ERR_SHOULD_WAIT);
    assert_int_equal(t_write(file, "x", 1, 0, &done), OK);
    user_start(&u, USER_BASE, 4, FILE_TRANSFER_WRITE);
    assert_false(task_done(&u.task));
    mutex_unlock(&file->position_lock, &owner);
    settle_tasks();
    assert_int_equal(u.task.status, OK);
    assert_true(mutex_try_lock(&file->inode->mutex, &owner));
    user_start(&u, USER_BASE, 4, FILE_TRANSFER_WRITE);
    assert_false(task_done(&u.task));
    task_interrupt(&u.task, TASK_KILL);
    settle_tasks();
    assert_int_equal(u.task.status, ERR_CANCELED);
    mutex_unlock(&file->inode->mutex, &owner);
    assert_null(file->position_lock.owner);
    user_fini(&u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_user_page, setup_file, teardown_file),
        cmocka_unit_test_setup_teardown(test_user_page_killed, setup_file, teardown_file),
        cmocka_unit_test_setup_teardown(test_bad_address, setup_file, teardown_file),
        cmocka_unit_test_setup_teardown(test_slow_file, setup_file, teardown_file),
        cmocka_unit_test_setup_teardown(test_contention, setup_file, teardown_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
