/*
 * host_test.c - files, descriptors and signals of the host behind the simulated machine.
 */
#include "hal/host.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/status.h"
#include "hal/irq.h"
#include "hal/sim/sim.h"

static int teardown(void **state)
{
    (void)state;
    sim_teardown();
    return 0;
}

static void rest(void)
{
    for (;;) {
        hal_cpu_halt();
        hal_irq_serve();
    }
}

static char folder[] = "/tmp/sim_test.XXXXXX";

static int host_setup(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    sim_setup(&(struct sim_config){.host_root = folder});
    return 0;
}

static int host_teardown(void **state)
{
    unlinkat(hal_host_root(), "file", 0);
    unlinkat(hal_host_root(), "link", 0);
    rmdir(folder);
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    return teardown(state);
}

static void make_file(void)
{
    int fd = openat(hal_host_root(), "file", O_CREAT | O_WRONLY, 0640);

    assert_int_equal(write(fd, "contents", 8), 8);
    close(fd);
    assert_int_equal(symlinkat("file", hal_host_root(), "link"), 0);
}

static bool count_entry(void *arg, const char *name, size_t length, uint64_t ino,
                        enum hal_host_type type)
{
    assert_true(ino != 0);
    assert_int_equal(strlen(name), length);
    assert_int_equal(type, strcmp(name, "file") ? HAL_HOST_SYMLINK : HAL_HOST_FILE);
    return ++*(unsigned *)arg < 2;
}

static void host_files(void **state)
{
    struct hal_host_stat st;
    char buf[16];
    size_t n;
    unsigned entries = 0;
    int fd, dir;

    (void)state;
    make_file();
    assert_int_equal(hal_host_stat_at(hal_host_root(), "file", &st), OK);
    assert_int_equal(st.size, 8);
    assert_int_equal(st.mode, 0640);
    assert_int_equal(hal_host_open(hal_host_root(), "file", HAL_HOST_READ, &fd), OK);
    assert_int_equal(hal_host_pread(fd, buf, sizeof(buf), 3, &n), OK);
    assert_int_equal(n, 5);
    assert_memory_equal(buf, "tents", 5);
    hal_host_close(fd);
    assert_int_equal(hal_host_open(hal_host_root(), "link", HAL_HOST_READ, &fd), ERR_LOOP);
    assert_int_equal(hal_host_open(hal_host_root(), "none", HAL_HOST_READ, &fd), ERR_NOT_FOUND);
    assert_int_equal(hal_host_readlink(hal_host_root(), "link", buf, sizeof(buf), &n), OK);
    assert_int_equal(n, 4);
    assert_int_equal(
        hal_host_open(hal_host_root(), ".", HAL_HOST_READ | HAL_HOST_DIRECTORY, &dir), OK);
    assert_int_equal(hal_host_readdir(dir, NULL, count_entry, &entries), OK);
    assert_int_equal(hal_host_readdir(dir, NULL, count_entry, &(unsigned){0}), OK);
    assert_int_equal(entries, 2);
    hal_host_close(dir);
}

static void on_ready(struct hal_host_watch *watch)
{
    ++*(unsigned *)watch->arg;
}

static uint64_t signals_seen;

static void on_signals(uint64_t signals)
{
    signals_seen |= signals;
}

static void host_events(void **state)
{
    unsigned calls = 0;
    struct hal_host_watch watch = {.events = 1, .ready = on_ready, .arg = &calls};
    int ends[2];
    char c;
    size_t n;

    (void)state;
    sim_setup(&(struct sim_config){0});
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(hal_host_read(ends[0], &c, 1, &n), ERR_SHOULD_WAIT);
    watch.fd = ends[0];
    assert_int_equal(hal_host_watch(&watch), OK);
    assert_int_equal(sim_run(rest), SIM_IDLE);
    assert_int_equal(hal_host_write(ends[1], "x", 1, &n), OK);
    hal_cpu_halt();
    hal_irq_serve();
    assert_int_equal(calls, 1);
    assert_int_equal(hal_host_read(ends[0], &c, 1, &n), OK);
    assert_int_equal(c, 'x');
    assert_int_equal(hal_host_watch(&watch), OK);
    hal_host_unwatch(&watch);
    hal_host_set_signal_handler(on_signals);
    sim_host_signals(1u << 28);
    hal_irq_serve();
    assert_int_equal(signals_seen, 1u << 28);
    assert_int_equal(calls, 1);
    close(ends[0]);
    close(ends[1]);
}

#define TEST(name) cmocka_unit_test_teardown(name, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(host_files, host_setup, host_teardown),
        TEST(host_events),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
