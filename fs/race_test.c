/*
 * race_test.c - several CPUs at the same names and the same pipe, under many schedules.
 */
#include "fs/fs_test.h"
#include "fs/pipe.h"

/* Many at the same few names, on several CPUs, under many schedules: nothing leaks, and what
 * the cache says afterwards is what the file system says. */
enum { RACERS = 4, RACE_STEPS = 60 };

struct racer {
    struct co co;
    unsigned steps;
};
static co_fn racer;
static unsigned racers_left;

static const char *const names[] = {"/a", "/b", "/a/b", "/b/a", "/a/a", "/b/b", "/a/b/a"};

static const char *race_name(void)
{
    return names[sim_random(countof(names))];
}

static void race_step(void)
{
    struct file *file;

    switch (sim_random(8)) {
    case 0:
        (void)!t_mkdir(race_name(), 0755);
        break;
    case 1:
        (void)!t_create(race_name(), INODE_FILE, 0644);
        break;
    case 2:
        (void)!t_unlink(race_name());
        break;
    case 3:
        (void)!t_rmdir(race_name());
        break;
    case 4:
        (void)!t_rename(race_name(), race_name(), 0);
        break;
    case 5:
        (void)!t_rename(race_name(), race_name(), VFS_RENAME_EXCHANGE);
        break;
    case 6:
        (void)!t_link(race_name(), race_name());
        break;
    default:
        if (t_open(race_name(), FILE_READ, &file) == OK)
            file_put(file);
    }
}

CO_FN(racer)
{
    while (f->steps--) {
        race_step();
        CO_YIELD();
    }
    CO_RETURN(OK);
}
CO_END

static void racer_done(struct task *task)
{
    (void)task;
    if (--racers_left == 0)
        sim_stop();
}

static void assert_cache_is_right(void)
{
    status_t cached[countof(names)];

    for (unsigned i = 0; i < countof(names); i++)
        cached[i] = probe(names[i]);
    dentry_shrink();
    for (unsigned i = 0; i < countof(names); i++)
        assert_int_equal(cached[i], probe(names[i]));
}

static void run_race(uint64_t seed)
{
    static struct racer frames[RACERS];
    static struct task tasks[RACERS];
    struct filesystem *fs;

    boot(&(struct sim_config){.cpus = 3, .seed = seed, .switch_one_in = 5});
    assert_int_equal(ramfs_create("ramfs", 0755, &fs), OK);
    mount_root(fs);
    racers_left = RACERS;
    for (unsigned i = 0; i < RACERS; i++) {
        frames[i] = (struct racer){.co = {.resume = racer}, .steps = RACE_STEPS};
        task_spawn(&tasks[i], "racer", &frames[i].co, TASK_PRIORITY_DEFAULT, NULL, racer_done);
    }
    assert_int_equal(sim_run(executor_run), SIM_STOPPED);
    assert_cache_is_right();
    unmount_root();
    shut_down();
}

static void test_races(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 100; seed++)
        run_race(seed);
}

/* Several CPUs, several readers and writers, under many schedules: every byte arrives once. */
enum { STRESS_TASKS = 3, STRESS_BYTES = 40000 };

struct stress {
    struct co co;
    struct file *file;
    enum file_direction direction;
    uint64_t sum, left;
    struct iobuf io;
    struct file_transfer transfer;
    unsigned char buf[6000];
};
static co_fn stress;
static unsigned stress_running;

static void stress_prepare(struct stress *f)
{
    size_t size = MIN(f->left, 1 + sim_random(sizeof(f->buf)));

    if (f->direction == FILE_TRANSFER_READ)
        size = 1 + sim_random(sizeof(f->buf));
    for (size_t i = 0; f->direction == FILE_TRANSFER_WRITE && i < size; i++)
        f->sum += f->buf[i] = (unsigned char)sim_random(256);
    iobuf_init_kernel(&f->io, f->buf, size);
}

static void stress_account(struct stress *f)
{
    for (size_t i = 0; f->direction == FILE_TRANSFER_READ && i < f->io.done; i++)
        f->sum += f->buf[i];
    f->left -= MIN(f->left, f->io.done);
}

CO_FN(stress)
{
    status_t st;

    do {
        stress_prepare(f);
        CO_CALL(st, f->transfer, file_transfer, .file = f->file, .io = &f->io,
                .at = FILE_POSITION, .direction = f->direction);
        assert_int_equal(st, OK);
        stress_account(f);
    } while (f->io.done && f->left);
    file_put(f->file);
    CO_RETURN(OK);
}
CO_END

static void stress_done(struct task *task)
{
    (void)task;
    if (--stress_running == 0)
        sim_stop();
}

static void run_stress(uint64_t seed)
{
    static struct stress frames[2 * STRESS_TASKS];
    static struct task tasks[2 * STRESS_TASKS];
    uint64_t written = 0, read = 0;
    struct file *in, *out;
    struct filesystem *fs;

    boot(&(struct sim_config){.cpus = 3, .seed = seed, .switch_one_in = 20});
    assert_int_equal(ramfs_create("ramfs", 0755, &fs), OK);
    mount_root(fs);
    assert_int_equal(pipe_create(0, 0, 0, &in, &out), OK);
    stress_running = countof(frames);
    for (unsigned i = 0; i < countof(frames); i++) {
        bool reads = i < STRESS_TASKS;

        frames[i] = (struct stress){
            .co = {.resume = stress},
            .file = file_get(reads ? in : out),
            .direction = reads ? FILE_TRANSFER_READ : FILE_TRANSFER_WRITE,
            .left = reads ? UINT64_MAX : STRESS_BYTES,
        };
        task_spawn(&tasks[i], "stress", &frames[i].co, TASK_PRIORITY_DEFAULT, NULL,
                   stress_done);
    }
    file_put(in);
    file_put(out);
    assert_int_equal(sim_run(executor_run), SIM_STOPPED);
    for (unsigned i = 0; i < countof(frames); i++)
        *(i < STRESS_TASKS ? &read : &written) += frames[i].sum;
    assert_int_equal(read, written);
    unmount_root();
    shut_down();
}

static void test_stress(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 15; seed++)
        run_stress(seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_races),
        cmocka_unit_test(test_stress),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
