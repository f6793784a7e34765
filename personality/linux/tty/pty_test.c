/*
 * pty_test.c - both ends of a pseudo terminal on several CPUs, under many schedules: bytes
 * arrive in order and whole, and whoever waits when an end is closed is let go.
 */
#include "fs/devfs.h"
#include "fs/fs_test.h"
#include "personality/linux/tty/pty_internal.h"

enum { SEEDS = 150, BYTES = 9000, PIECE = 700 };

static struct file *master, *terminal;
static struct path dev;
static unsigned left; /* tasks that are not done */

static void mount_dev(void)
{
    struct filesystem *fs;
    struct path point;

    assert_int_equal(devfs_create(&fs), OK);
    mount_root(fs);
    assert_int_equal(path_walk(&env, NULL, "/pts", WALK_DIRECTORY, &point, NULL), OK);
    assert_int_equal(devpts_create(&fs), OK);
    assert_int_equal(mount_add(fs, &point, 0, NULL, &dev), OK);
    filesystem_put(fs);
    path_put(&point);
}

static void open_ends(void)
{
    assert_int_equal(tty_register_devices(), OK);
    mount_dev();
    assert_int_equal(t_open("/ptmx", FILE_READ | FILE_WRITE, &master), OK);
    assert_int_equal(t_open("/pts/0", FILE_READ | FILE_WRITE, &terminal), ERR_IO);
    pty_of(pty_of_master(master))->locked = false;
    assert_int_equal(t_open("/pts/0", FILE_READ | FILE_WRITE, &terminal), OK);
    assert_ptr_equal(tty_of_file(terminal), pty_of_master(master));
}

static void leave(void)
{
    file_put(master);
    file_put(terminal);
    dentry_shrink();
    assert_int_equal(mount_remove(&dev, MOUNT_REMOVE), OK);
    path_put(&dev);
    unmount_root();
    shut_down();
}

static void make_raw(void)
{
    struct tty *tty = tty_of_file(terminal);

    tty->modes.base.lflag = 0;
    tty->modes.base.iflag = 0;
    tty->modes.base.oflag = 0;
}

static void begin_race(uint64_t seed)
{
    boot(&(struct sim_config){.cpus = 3, .seed = seed, .switch_one_in = 4});
    open_ends();
    make_raw();
    left = 0;
}

static void task_ended(struct task *task)
{
    (void)task;
    if (--left == 0)
        sim_stop();
}

static void end_race(void)
{
    assert_int_equal(sim_run(executor_run), SIM_STOPPED);
    leave();
}

/* Moves up to `limit` bytes, which count upwards from 0 modulo 251, in pieces of any size; ends
 * early with what the transfer says, OK standing for the end of the file. */
struct mover {
    struct co co;
    struct file *file;             /* in; a reference, which is dropped at the end */
    enum file_direction direction; /* in */
    uint32_t limit;                /* in */
    uint32_t moved;
    status_t outcome; /* of the last transfer */
    unsigned char bytes[PIECE];
    struct iobuf io;
    struct file_transfer transfer;
    struct task task;
};

static void prepare_piece(struct mover *f)
{
    size_t size = MIN((size_t)1 + sim_random(PIECE), (size_t)(f->limit - f->moved));

    for (size_t i = 0; i < size && f->direction == FILE_TRANSFER_WRITE; i++)
        f->bytes[i] = (unsigned char)((f->moved + i) % 251);
    iobuf_init_kernel(&f->io, f->bytes, size);
}

static void account_piece(struct mover *f)
{
    for (size_t i = 0; i < f->io.done && f->direction == FILE_TRANSFER_READ; i++)
        assert_int_equal(f->bytes[i], (f->moved + i) % 251);
    f->moved += (uint32_t)f->io.done;
}

static CO_FN(mover)
{
    status_t st;

    while (f->moved < f->limit) {
        prepare_piece(f);
        CO_CALL(st, f->transfer, file_transfer, .file = f->file, .io = &f->io,
                .at = FILE_POSITION, .direction = f->direction);
        account_piece(f);
        f->outcome = st;
        if (st != OK || !f->io.done)
            break;
    }
    file_put(f->file);
    CO_RETURN(OK);
}
CO_END

static void start_mover(struct mover *frame, struct file *file, enum file_direction direction,
                        uint32_t limit)
{
    *frame = (struct mover){
        .co = {.resume = mover}, .file = file, .direction = direction, .limit = limit};
    left++;
    task_spawn(&frame->task, "mover", &frame->co, TASK_PRIORITY_DEFAULT, NULL, task_ended);
}

/* Drops its reference to a file at some moment. */
struct closer {
    struct co co;
    struct file *file;
    unsigned turns;
    struct task task;
};

static CO_FN(closer)
{
    while (f->turns--)
        CO_YIELD();
    file_put(f->file);
    CO_RETURN(OK);
}
CO_END

static void start_closer(struct closer *frame, struct file **file)
{
    *frame = (struct closer){
        .co = {.resume = closer}, .file = *file, .turns = (unsigned)sim_random(40)};
    *file = NULL;
    left++;
    task_spawn(&frame->task, "closer", &frame->co, TASK_PRIORITY_DEFAULT, NULL, task_ended);
}

static struct mover movers[4];
static struct closer closing;

static void both_ways(uint64_t seed)
{
    begin_race(seed);
    start_mover(&movers[0], file_get(master), FILE_TRANSFER_WRITE, BYTES);
    start_mover(&movers[1], file_get(terminal), FILE_TRANSFER_READ, BYTES);
    start_mover(&movers[2], file_get(terminal), FILE_TRANSFER_WRITE, BYTES);
    start_mover(&movers[3], file_get(master), FILE_TRANSFER_READ, BYTES);
    end_race();
    for (unsigned i = 0; i < countof(movers); i++) {
        assert_int_equal(movers[i].outcome, OK);
        assert_int_equal(movers[i].moved, BYTES);
    }
}

/* What was written before the terminal was closed is read; then comes the error. */
static void terminal_closes(uint64_t seed)
{
    struct file *last = terminal;

    begin_race(seed);
    last = terminal;
    terminal = NULL;
    start_mover(&movers[0], last, FILE_TRANSFER_WRITE, BYTES);
    start_mover(&movers[1], file_get(master), FILE_TRANSFER_READ, BYTES + 1);
    end_race();
    assert_int_equal(movers[0].outcome, OK);
    assert_int_equal(movers[1].moved, BYTES);
    assert_int_equal(movers[1].outcome, ERR_IO);
}

static void master_closes_on_a_reader(uint64_t seed)
{
    begin_race(seed);
    start_mover(&movers[0], file_get(terminal), FILE_TRANSFER_READ, BYTES);
    start_closer(&closing, &master);
    end_race();
    assert_int_equal(movers[0].outcome, OK);
    assert_int_equal(movers[0].moved, 0);
}

static void master_closes_on_writers(uint64_t seed)
{
    begin_race(seed);
    start_mover(&movers[0], file_get(terminal), FILE_TRANSFER_WRITE, UINT32_MAX);
    start_mover(&movers[1], file_get(terminal), FILE_TRANSFER_WRITE, UINT32_MAX);
    start_closer(&closing, &master);
    end_race();
    assert_int_equal(movers[0].outcome, ERR_IO);
    assert_int_equal(movers[1].outcome, ERR_IO);
}

static void run_seeds(void (*race)(uint64_t seed))
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        race(seed);
}

static void test_both_ways(void **state)
{
    (void)state;
    run_seeds(both_ways);
}

static void test_terminal_closes(void **state)
{
    (void)state;
    run_seeds(terminal_closes);
}

static void test_master_closes(void **state)
{
    (void)state;
    run_seeds(master_closes_on_a_reader);
    run_seeds(master_closes_on_writers);
}

/* Each allocation of opening a pair fails once; then nothing is left. */
static void test_no_memory(void **state)
{
    struct file *another;
    unsigned failures = 0;

    (void)state;
    boot(&(struct sim_config){0});
    open_ends();
    for (unsigned nth = 1;; nth++) {
        status_t st;

        slab_drain();
        inject_failure_at(nth);
        st = t_open("/ptmx", FILE_READ | FILE_WRITE, &another);
        inject_failure_at(0);
        if (st == OK)
            break;
        assert_int_equal(st, ERR_NO_MEMORY);
        failures++;
    }
    assert_true(failures >= 2);
    assert_int_equal(pty_of(pty_of_master(another))->index, 1);
    file_put(another);
    leave();
}

/* Names are looked up again after the least of times. */
static status_t probe_now(const char *name)
{
    sim_advance(2);
    return probe(name);
}

static void test_numbers(void **state)
{
    struct file *files[3], *again;

    (void)state;
    boot(&(struct sim_config){0});
    open_ends();
    for (unsigned i = 0; i < countof(files); i++) {
        assert_int_equal(t_open("/pts/ptmx", FILE_READ | FILE_WRITE, &files[i]), OK);
        assert_int_equal(pty_of(pty_of_master(files[i]))->index, i + 1);
    }
    file_put(files[1]);
    assert_int_equal(probe_now("/pts/2"), ERR_NOT_FOUND);
    assert_int_equal(probe_now("/pts/3"), OK);
    assert_int_equal(probe_now("/pts/03"), ERR_NOT_FOUND);
    assert_int_equal(t_open("/ptmx", FILE_READ | FILE_WRITE, &again), OK);
    assert_int_equal(pty_of(pty_of_master(again))->index, 2);
    file_put(again);
    file_put(files[0]);
    file_put(files[2]);
    /* A terminal that is still open keeps its number when its name has gone. */
    file_put(master);
    assert_int_equal(probe_now("/pts/0"), ERR_NOT_FOUND);
    assert_int_equal(t_open("/ptmx", FILE_READ | FILE_WRITE, &master), OK);
    assert_int_equal(pty_of(pty_of_master(master))->index, 1);
    leave();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),       cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_both_ways),     cmocka_unit_test(test_terminal_closes),
        cmocka_unit_test(test_master_closes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
