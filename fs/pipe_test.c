/*
 * pipe_test.c - pipes: bytes, readiness, blocking, and ends that come and go.
 */
#include "fs/pipe.h"

#include "fs/anon.h"
#include "fs/fs_test.h"

/* A task that makes one transfer of kernel memory. */
struct mover {
    struct task task;
    struct file_transfer transfer;
    struct iobuf io;
};

static void move_start(struct mover *m, struct file *file, void *buf, size_t size,
                       enum file_direction direction)
{
    iobuf_init_kernel(&m->io, buf, size);
    m->transfer = (struct file_transfer){.co = {.resume = file_transfer},
                                         .file = file,
                                         .io = &m->io,
                                         .at = FILE_POSITION,
                                         .direction = direction};
    task_spawn(&m->task, "mover", &m->transfer.co, TASK_PRIORITY_DEFAULT, NULL, NULL);
    settle_tasks();
}

static void assert_moved(struct mover *m, status_t st, size_t size)
{
    settle_tasks();
    assert_true(task_done(&m->task));
    assert_int_equal(m->task.status, st);
    assert_int_equal(m->io.done, size);
}

static struct file *reader, *writer;

static int setup_pipe(void **state)
{
    setup(state);
    assert_int_equal(pipe_create(0, 1, 2, &reader, &writer), OK);
    return 0;
}

static int teardown_pipe(void **state)
{
    file_put(reader);
    file_put(writer);
    reader = writer = NULL;
    return teardown(state);
}

static void close_end(struct file **end)
{
    file_put(*end);
    *end = NULL;
}

static void test_bytes(void **state)
{
    char buf[16];
    size_t done;

    (void)state;
    assert_int_equal(t_write(writer, "hello", 5, FILE_POSITION, &done), OK);
    assert_int_equal(done, 5);
    assert_int_equal(t_read(reader, buf, 3, FILE_POSITION, &done), OK);
    assert_int_equal(done, 3);
    assert_int_equal(t_read(reader, buf + 3, 13, FILE_POSITION, &done), OK);
    assert_int_equal(done, 2);
    assert_memory_equal(buf, "hello", 5);
    assert_int_equal(t_read(reader, buf, 1, FILE_POSITION, &done), ERR_SHOULD_WAIT);
    assert_int_equal(t_read(reader, buf, 1, 0, &done), ERR_SEEK_PIPE);
    assert_int_equal(t_read(writer, buf, 1, FILE_POSITION, &done), ERR_BAD_FD);
    assert_int_equal(t_write(reader, buf, 1, FILE_POSITION, &done), ERR_BAD_FD);
    assert_int_equal(reader->inode->attr.uid, 1);
    assert_ptr_equal(reader->inode, writer->inode);
}

/* Any mixture of sizes comes out as it went in, around the ring many times. */
static void test_ring(void **state)
{
    static unsigned char in[70000], out[70000];
    uint64_t sent = 0, received = 0;
    struct random r;
    size_t done;

    (void)state;
    random_seed(&r, 7);
    while (received < 1000000) {
        size_t size = 1 + random_below(&r, sizeof(in) - 1);

        for (size_t i = 0; i < size; i++)
            in[i] = (unsigned char)hash_u64(sent + i);
        if (t_write(writer, in, size, FILE_POSITION, &done) != ERR_SHOULD_WAIT || done)
            sent += done;
        assert_true(sent - received <= PIPE_CAPACITY);
        size = 1 + random_below(&r, sizeof(out) - 1);
        if (t_read(reader, out, size, FILE_POSITION, &done) == OK)
            for (size_t i = 0; i < done; i++)
                assert_int_equal(out[i], (unsigned char)hash_u64(received + i));
        received += done;
    }
}

static void test_readiness(void **state)
{
    static char block[PIPE_CAPACITY];
    size_t done;

    (void)state;
    assert_int_equal(file_poll(reader), 0);
    assert_int_equal(file_poll(writer), FILE_OUT);
    assert_int_equal(
        t_write(writer, block, PIPE_CAPACITY - PIPE_ATOMIC + 1, FILE_POSITION, &done), OK);
    assert_int_equal(file_poll(reader), FILE_IN);
    assert_int_equal(file_poll(writer), 0);
    assert_int_equal(t_read(reader, block, 1, FILE_POSITION, &done), OK);
    assert_int_equal(file_poll(writer), FILE_OUT);
    close_end(&reader);
    assert_int_equal(file_poll(writer), FILE_OUT | FILE_ERR);
    assert_int_equal(t_write(writer, block, 1, FILE_POSITION, &done), ERR_PEER_CLOSED);
}

static void test_end_of_file(void **state)
{
    char buf[4];
    size_t done;

    (void)state;
    assert_int_equal(t_write(writer, "ab", 2, FILE_POSITION, &done), OK);
    close_end(&writer);
    assert_int_equal(file_poll(reader), FILE_IN | FILE_HUP);
    assert_int_equal(t_read(reader, buf, 4, FILE_POSITION, &done), OK);
    assert_int_equal(done, 2);
    assert_int_equal(file_poll(reader), FILE_HUP);
    assert_int_equal(t_read(reader, buf, 4, FILE_POSITION, &done), OK);
    assert_int_equal(done, 0);
}

static void test_atomic(void **state)
{
    static char block[PIPE_CAPACITY];
    size_t done;

    (void)state;
    assert_int_equal(t_write(writer, block, PIPE_CAPACITY - 10, FILE_POSITION, &done), OK);
    assert_int_equal(t_write(writer, block, 11, FILE_POSITION, &done), ERR_SHOULD_WAIT);
    assert_int_equal(done, 0);
    assert_int_equal(t_write(writer, block, 10, FILE_POSITION, &done), OK);
    assert_int_equal(done, 10);
}

static void test_blocking_reader(void **state)
{
    struct mover m;
    char buf[8];
    size_t done;

    (void)state;
    move_start(&m, reader, buf, sizeof(buf), FILE_TRANSFER_READ);
    assert_false(task_done(&m.task));
    assert_int_equal(t_write(writer, "late", 4, FILE_POSITION, &done), OK);
    assert_moved(&m, OK, 4);
    assert_memory_equal(buf, "late", 4);
}

static void test_blocking_writer(void **state)
{
    static char block[3 * PIPE_CAPACITY], sink[3 * PIPE_CAPACITY];
    struct mover m;
    size_t done, all = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(block); i++)
        block[i] = (char)hash_u64(i);
    move_start(&m, writer, block, sizeof(block), FILE_TRANSFER_WRITE);
    assert_false(task_done(&m.task));
    while (all < sizeof(sink)) {
        assert_int_equal(t_read(reader, sink + all, 5000, FILE_POSITION, &done), OK);
        all += done;
        settle_tasks();
    }
    assert_moved(&m, OK, sizeof(block));
    assert_memory_equal(block, sink, sizeof(block));
}

static void test_nonblocking(void **state)
{
    static char block[PIPE_CAPACITY + 1];
    struct mover m;
    size_t done;

    (void)state;
    file_set_flags(reader, FILE_NONBLOCK, FILE_NONBLOCK);
    file_set_flags(writer, FILE_NONBLOCK, FILE_NONBLOCK);
    assert_int_equal(t_read(reader, block, 1, FILE_POSITION, &done), ERR_SHOULD_WAIT);
    move_start(&m, reader, block, 1, FILE_TRANSFER_READ);
    assert_moved(&m, ERR_SHOULD_WAIT, 0);
    assert_int_equal(t_write(writer, block, sizeof(block), FILE_POSITION, &done), OK);
    assert_int_equal(done, PIPE_CAPACITY);
    move_start(&m, writer, block, 1, FILE_TRANSFER_WRITE);
    assert_moved(&m, ERR_SHOULD_WAIT, 0);
}

/* The other end is closed while we wait. */
static void test_close_under_wait(void **state)
{
    static char block[2 * PIPE_CAPACITY];
    struct mover m;

    (void)state;
    move_start(&m, reader, block, 1, FILE_TRANSFER_READ);
    close_end(&writer);
    assert_moved(&m, OK, 0);
    file_put(reader);
    assert_int_equal(pipe_create(0, 0, 0, &reader, &writer), OK);
    move_start(&m, writer, block, sizeof(block), FILE_TRANSFER_WRITE);
    close_end(&reader);
    assert_moved(&m, OK, PIPE_CAPACITY);
    move_start(&m, writer, block, 1, FILE_TRANSFER_WRITE);
    assert_moved(&m, ERR_PEER_CLOSED, 0);
}

static void test_interruption(void **state)
{
    static char block[2 * PIPE_CAPACITY];
    struct mover m;

    (void)state;
    move_start(&m, reader, block, 1, FILE_TRANSFER_READ);
    task_interrupt(&m.task, TASK_SIGNAL);
    assert_moved(&m, ERR_INTERRUPTED, 0);
    move_start(&m, reader, block, 1, FILE_TRANSFER_READ);
    task_interrupt(&m.task, TASK_KILL);
    assert_moved(&m, ERR_CANCELED, 0);
    move_start(&m, writer, block, sizeof(block), FILE_TRANSFER_WRITE);
    task_interrupt(&m.task, TASK_SIGNAL);
    assert_moved(&m, OK, PIPE_CAPACITY);
}

/* Two readers of one byte each: nobody is left behind, nothing is read twice. */
static void test_two_readers(void **state)
{
    struct mover a, b;
    char x, y;
    size_t done;

    (void)state;
    move_start(&a, reader, &x, 1, FILE_TRANSFER_READ);
    move_start(&b, reader, &y, 1, FILE_TRANSFER_READ);
    assert_int_equal(t_write(writer, "1", 1, FILE_POSITION, &done), OK);
    settle_tasks();
    assert_true(task_done(&a.task) != task_done(&b.task));
    assert_int_equal(t_write(writer, "2", 1, FILE_POSITION, &done), OK);
    assert_moved(&a, OK, 1);
    assert_moved(&b, OK, 1);
    assert_int_equal(x + y, '1' + '2');
}

static void test_fifo(void **state)
{
    struct file *in, *out, *both;
    char buf[4];
    size_t done;

    (void)state;
    assert_int_equal(t_create("/fifo", INODE_FIFO, 0644), OK);
    assert_int_equal(t_open("/fifo", FILE_WRITE | FILE_NONBLOCK, &out), ERR_IO_NOT_PRESENT);
    assert_int_equal(t_open("/fifo", FILE_READ | FILE_NONBLOCK, &in), OK);
    assert_int_equal(file_poll(in), 0);
    assert_int_equal(t_read(in, buf, 4, FILE_POSITION, &done), OK);
    assert_int_equal(done, 0);
    assert_int_equal(t_open("/fifo", FILE_WRITE | FILE_NONBLOCK, &out), OK);
    assert_int_equal(t_read(in, buf, 4, FILE_POSITION, &done), ERR_SHOULD_WAIT);
    assert_int_equal(t_write(out, "abc", 3, FILE_POSITION, &done), OK);
    file_put(out);
    assert_int_equal(file_poll(in), FILE_IN | FILE_HUP);
    assert_int_equal(t_open("/fifo", FILE_READ | FILE_WRITE, &both), OK);
    assert_int_equal(file_poll(in), FILE_IN);
    assert_int_equal(file_poll(both), FILE_IN | FILE_OUT);
    file_put(in);
    file_put(both);
    /* What nobody read is gone with the last file. */
    assert_int_equal(t_open("/fifo", FILE_READ | FILE_NONBLOCK, &in), OK);
    assert_int_equal(file_poll(in), 0);
    file_put(in);
}

/* Through a link of /proc: another file of the same pipe, which waits for nobody. */
static void test_opened_anew(void **state)
{
    struct path path;
    struct file *again;
    char buf[4];
    size_t done;

    (void)state;
    assert_int_equal(t_write(writer, "abcd", 4, FILE_POSITION, &done), OK);
    close_end(&writer);
    assert_int_equal(anon_path(reader->inode, NULL, &path), OK);
    assert_true(path_is_anon(&path));
    assert_int_equal(file_open(&path, FILE_READ, &again), OK);
    assert_null(again->path.dentry);
    close_end(&reader);
    assert_int_equal(t_read(again, buf, 4, FILE_POSITION, &done), OK);
    assert_memory_equal(buf, "abcd", 4);
    assert_int_equal(t_read(again, buf, 4, FILE_POSITION, &done), OK);
    assert_int_equal(done, 0);

    assert_int_equal(file_open(&path, FILE_WRITE | FILE_NONBLOCK, &writer), OK);
    assert_int_equal(t_write(writer, "ef", 2, FILE_POSITION, &done), OK);
    assert_int_equal(t_read(again, buf, 4, FILE_POSITION, &done), OK);
    assert_int_equal(done, 2);
    file_put(again);
    path_put(&path);
}

static void start_fifo_wait(struct task *task, struct fifo_wait *wait, struct file *file)
{
    *wait = (struct fifo_wait){.co = {.resume = fifo_wait}, .file = file};
    task_spawn(task, "open", &wait->co, TASK_PRIORITY_DEFAULT, NULL, NULL);
    settle_tasks();
}

static void test_opened_anew_needs_no_wait(void **state)
{
    struct fifo_wait wait;
    struct file *again;
    struct path path;
    struct task task;

    (void)state;
    close_end(&writer);
    assert_int_equal(anon_path(reader->inode, NULL, &path), OK);
    assert_int_equal(file_open(&path, FILE_READ, &again), OK);
    start_fifo_wait(&task, &wait, again);
    assert_true(task_done(&task));
    assert_int_equal(task.status, OK);
    file_put(again);
    path_put(&path);
}

/* Opening waits for the other side, even one that is gone again. */
static void test_fifo_open(void **state)
{
    struct file *in, *out;
    struct fifo_wait wait;
    struct task task;

    (void)state;
    assert_int_equal(t_create("/fifo", INODE_FIFO, 0644), OK);
    assert_int_equal(t_open("/fifo", FILE_READ, &in), OK);
    start_fifo_wait(&task, &wait, in);
    assert_false(task_done(&task));
    task_interrupt(&task, TASK_SIGNAL);
    settle_tasks();
    assert_int_equal(task.status, ERR_INTERRUPTED);
    start_fifo_wait(&task, &wait, in);
    assert_int_equal(t_open("/fifo", FILE_WRITE, &out), OK);
    file_put(out);
    settle_tasks();
    assert_true(task_done(&task));
    assert_int_equal(task.status, OK);
    file_put(in);
    assert_int_equal(t_open("/fifo", FILE_WRITE, &out), OK);
    start_fifo_wait(&task, &wait, out);
    assert_false(task_done(&task));
    assert_int_equal(t_open("/fifo", FILE_READ, &in), OK);
    settle_tasks();
    assert_int_equal(task.status, OK);
    file_put(in);
    file_put(out);
}

/* Who polls may look longer than the pipe lives. */
static void test_poller_outlives(void **state)
{
    struct object *poll = object_get(file_poll_object(reader));

    (void)state;
    close_end(&reader);
    close_end(&writer);
    assert_int_equal(object_signals(poll), FILE_HUP);
    object_put(poll);
}

static void test_no_memory(void **state)
{
    struct file *in, *out;
    status_t st;

    (void)state;
    for (unsigned nth = 1;; nth++) {
        inject_failure_at(nth);
        st = pipe_create(0, 0, 0, &in, &out);
        inject_failure_at(0);
        if (st == OK)
            break;
        assert_int_equal(st, ERR_NO_MEMORY);
    }
    file_put(in);
    file_put(out);
}

/* What is in the pipe, wherever in the ring it lies, goes along. */
static void test_capacity(void **state)
{
    static char block[2 * PIPE_CAPACITY + 3000], sink[2 * PIPE_CAPACITY];
    status_t st = ERR_NO_MEMORY;
    size_t done;

    (void)state;
    for (size_t i = 0; i < sizeof(block); i++)
        block[i] = (char)(i * 7 >> 3);
    assert_int_equal(pipe_capacity(writer), PIPE_CAPACITY);
    assert_int_equal(t_write(writer, block, 5000, FILE_POSITION, &done), OK);
    assert_int_equal(t_read(reader, sink, 3000, FILE_POSITION, &done), OK);
    assert_int_equal(t_write(writer, block + 5000, PIPE_CAPACITY - 2000, FILE_POSITION, &done),
                     OK);
    assert_int_equal(pipe_set_capacity(reader, PIPE_CAPACITY / 2), ERR_UNAVAILABLE);
    for (unsigned nth = 1; st != OK; nth++) {
        assert_int_equal(st, ERR_NO_MEMORY);
        assert_int_equal(pipe_capacity(writer), PIPE_CAPACITY);
        inject_failure_at(nth);
        st = pipe_set_capacity(reader, 2 * PIPE_CAPACITY - 100);
        inject_failure_at(0);
    }
    assert_int_equal(pipe_capacity(writer), 2 * PIPE_CAPACITY);
    assert_int_equal(
        t_write(writer, block + PIPE_CAPACITY + 3000, PIPE_CAPACITY, FILE_POSITION, &done), OK);
    assert_int_equal(t_read(reader, sink, sizeof(sink), FILE_POSITION, &done), OK);
    assert_int_equal(done, sizeof(sink));
    assert_memory_equal(sink, block + 3000, sizeof(sink));
    assert_int_equal(pipe_set_capacity(reader, 1), OK);
    assert_int_equal(pipe_capacity(writer), PAGE_SIZE);
    assert_int_equal(t_write(writer, block, PAGE_SIZE, FILE_POSITION, &done), OK);
    assert_int_equal(file_poll(writer) & FILE_OUT, 0);
    assert_int_equal(pipe_set_capacity(writer, 2 * PAGE_SIZE), OK);
    assert_int_equal(file_poll(writer) & FILE_OUT, FILE_OUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_bytes, setup_pipe, teardown_pipe),
        cmocka_unit_test_setup_teardown(test_ring, setup_pipe, teardown_pipe),
        cmocka_unit_test_setup_teardown(test_readiness, setup_pipe, teardown_pipe),
        cmocka_unit_test_setup_teardown(test_end_of_file, setup_pipe, teardown_pipe),
        cmocka_unit_test_setup_teardown(test_atomic, setup_pipe, teardown_pipe),
        cmocka_unit_test_setup_teardown(test_blocking_reader, setup_pipe, teardown_pipe),
        cmocka_unit_test_setup_teardown(test_blocking_writer, setup_pipe, teardown_pipe),
        cmocka_unit_test_setup_teardown(test_nonblocking, setup_pipe, teardown_pipe),
        cmocka_unit_test_setup_teardown(test_close_under_wait, setup_pipe, teardown_pipe),
        cmocka_unit_test_setup_teardown(test_interruption, setup_pipe, teardown_pipe),
        cmocka_unit_test_setup_teardown(test_two_readers, setup_pipe, teardown_pipe),
        cmocka_unit_test_setup_teardown(test_opened_anew, setup_pipe, teardown_pipe),
        cmocka_unit_test_setup_teardown(test_opened_anew_needs_no_wait, setup_pipe,
                                        teardown_pipe),
        cmocka_unit_test_setup_teardown(test_fifo, setup, teardown),
        cmocka_unit_test_setup_teardown(test_fifo_open, setup, teardown),
        cmocka_unit_test_setup_teardown(test_poller_outlives, setup_pipe, teardown_pipe),
        cmocka_unit_test_setup_teardown(test_no_memory, setup_pipe, teardown_pipe),
        cmocka_unit_test_setup_teardown(test_capacity, setup_pipe, teardown_pipe),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
