/*
 * stream_test.c - a stream that is read and written while its VMO is resized, and while its
 * handle is closed, under many schedules.
 */
#include "personality/zircon/zircon_test.h"

#include "uapi/zircon/syscalls/stream.h"

enum { SEEDS = 100, ROUNDS = 6, PAGES = 3, THREADS = 4 };

/* Words of the program's memory; each thread has a part. */
enum { STREAM = DATA, VMO = DATA + 4, THREAD = DATA + 8, PARTS = DATA + 256, PART = 640 };
/* In it. */
enum { IOVEC = 0, ACTUAL = 16, BUF = 32, BUF_SIZE = 512 };

#define PATTERN 0x5a

static user_addr_t part_of(struct sim_user *u)
{
    return PARTS + PART * sim_user_regs(u)->rdi;
}

static void put_iovec(struct sim_user *u, user_addr_t part)
{
    const zx_iovec_t iovec = {(void *)(uintptr_t)(part + BUF), BUF_SIZE};

    sim_user_store(u, part + IOVEC, &iovec, sizeof(iovec));
}

static _Noreturn void leave(struct sim_user *u)
{
    ZX(thread_exit);
    sim_user_raise(u, HAL_EXC_ILLEGAL); /* not reached */
    __builtin_unreachable();
}

/* The VMO became smaller after the call had looked at its size, or had it grow. */
static bool too_small(int64_t st)
{
    return st == ZX_ERR_OUT_OF_RANGE || st == ZX_ERR_NO_SPACE;
}

/* What is read has been written, or is zero. */
static void check(struct sim_user *u, int64_t st, user_addr_t part)
{
    unsigned char bytes[BUF_SIZE];
    uint64_t size = sim_user_load64(u, part + ACTUAL);

    if (st != ZX_OK) {
        EXPECT(too_small(st) || st == ZX_ERR_BAD_HANDLE, true);
        return;
    }
    EXPECT(size <= BUF_SIZE, true);
    sim_user_load(u, part + BUF, bytes, sizeof(bytes));
    for (uint64_t i = 0; i < size && i < BUF_SIZE; i++)
        EXPECT(bytes[i] == 0 || bytes[i] == PATTERN, true);
}

/* At the stream's place, and across the end of a page. */
static void reads(struct sim_user *u)
{
    user_addr_t part = part_of(u);

    put_iovec(u, part);
    for (unsigned i = 0; i < ROUNDS; i++) {
        check(u, ZX(stream_readv, load32(u, STREAM), 0, part + IOVEC, 1, part + ACTUAL), part);
        check(u,
              ZX(stream_readv_at, load32(u, STREAM), 0, PAGE_SIZE - 100, part + IOVEC, 1,
                 part + ACTUAL),
              part);
    }
    leave(u);
}

static void resizes(struct sim_user *u)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        EXPECT(ZX(vmo_set_size, load32(u, VMO), sim_random(PAGES + 1) * PAGE_SIZE), ZX_OK);
        EXPECT(ZX(vmo_set_size, load32(u, VMO), PAGES * PAGE_SIZE), ZX_OK);
    }
    leave(u);
}

/* Appends, goes back to the start, and in the end closes what the others use. */
static void writes_and_closes(struct sim_user *u)
{
    unsigned char bytes[BUF_SIZE];
    user_addr_t part = part_of(u);
    int64_t st;

    memset(bytes, PATTERN, sizeof(bytes));
    sim_user_store(u, part + BUF, bytes, sizeof(bytes));
    put_iovec(u, part);
    for (unsigned i = 0; i < ROUNDS; i++) {
        st = ZX(stream_writev, load32(u, STREAM), ZX_STREAM_APPEND, part + IOVEC, 1, 0);
        EXPECT(st == ZX_OK || too_small(st), true);
        EXPECT(ZX(stream_seek, load32(u, STREAM), ZX_STREAM_SEEK_ORIGIN_START, 0, 0), ZX_OK);
    }
    EXPECT(ZX(handle_close, load32(u, STREAM)), ZX_OK);
    leave(u);
}

/* Text 0: makes the stream and the others, which are texts 1 and so on. */
static void begins(struct sim_user *u)
{
    user_addr_t vdso = sim_user_regs(u)->rsi;

    EXPECT(ZX(vmo_create, PAGES * PAGE_SIZE, ZX_VMO_RESIZABLE, VMO), ZX_OK);
    EXPECT(ZX(stream_create, ZX_STREAM_MODE_READ | ZX_STREAM_MODE_WRITE, load32(u, VMO), 0,
              STREAM),
           ZX_OK);
    for (unsigned i = 0; i < THREADS; i++) {
        EXPECT(ZX(thread_create, self, DATA, 0, 0, THREAD), ZX_OK);
        EXPECT(
            ZX(thread_start, load32(u, THREAD), text_pc(vdso, 1 + i), DATA + PAGE_SIZE, i, 0),
            ZX_OK);
    }
    leave(u);
}

static void streams_under_resize_and_close(void **state)
{
    static sim_program *const texts[1 + THREADS] = {begins, reads, reads, resizes,
                                                    writes_and_closes};
    struct thread *t;

    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        boot_seed(seed);
        start_zircon();
        for (unsigned i = 0; i < countof(texts); i++)
            set_text(i, texts[i]);
        make_process();
        t = start_thread();
        if (sim_run(executor_run) != SIM_IDLE)
            fail_msg("seed %llu: %s", (unsigned long long)seed, sim_panic_reason());
        if (failed_line)
            fail_msg("seed %llu, line %u: got %lld", (unsigned long long)seed, failed_line,
                     (long long)failed_got);
        assert_int_equal(process->state, PROCESS_DEAD);
        object_put(&t->object);
        object_put(&process->object);
        teardown_zircon(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(streams_under_resize_and_close)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
