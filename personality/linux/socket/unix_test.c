/*
 * unix_test.c - AF_UNIX sockets on several CPUs under many schedules: sending, connecting and
 * accepting against closing, files in circles; and all of it without memory.
 */
#include "fs/fs_test.h"
#include "personality/linux/socket/unix_internal.h"

static unsigned running;

static void done(struct task *task)
{
    (void)task;
    if (--running == 0)
        sim_stop();
}

static void boot_seed(uint64_t seed)
{
    struct filesystem *fs;

    boot(&(struct sim_config){.cpus = 3, .seed = seed, .switch_one_in = 5});
    assert_int_equal(ramfs_create("ramfs", 0755, &fs), OK);
    mount_root(fs);
}

/* The tasks run to their ends, and nothing is left. */
static void run_to_end(void)
{
    assert_int_equal(sim_run(executor_run), SIM_STOPPED);
    socket_collect();
    unmount_root();
    shut_down();
}

static void abandon(struct socket *s)
{
    s->ops->close(s);
    socket_put(s);
}

/* A new socket's file; NULL: no memory. */
static struct file *new_file(struct socket *s)
{
    struct file *file;

    if (socket_file_create(s, 0, &file) == OK)
        return file;
    abandon(s);
    return NULL;
}

static status_t new_sockets(unsigned type, struct socket *s[2])
{
    status_t st = socket_create(AF_UNIX, type, 0, &s[0]);

    if (st != OK)
        return st;
    st = socket_create(AF_UNIX, type, 0, &s[1]);
    if (st == OK) {
        st = s[0]->ops->pair(s[0], s[1]);
        if (st != OK)
            abandon(s[1]);
    }
    if (st != OK)
        abandon(s[0]);
    return st;
}

static status_t new_pair(unsigned type, struct file *files[2])
{
    struct socket *s[2];
    status_t st = new_sockets(type, s);

    if (st != OK)
        return st;
    files[0] = new_file(s[0]);
    files[1] = new_file(s[1]);
    if (files[0] && files[1])
        return OK;
    file_put(files[0]);
    file_put(files[1]);
    return ERR_NO_MEMORY;
}

/* Bytes and messages: several writers, several readers, of which the last may leave early. */
enum { SIDES = 2, SIDE_BYTES = 3000 };

struct mover {
    struct co co;
    struct file *file;
    enum file_direction direction;
    uint64_t sum;
    size_t left;
    struct iobuf io;
    struct file_transfer transfer;
    unsigned char buf[700];
};
static co_fn mover;

static void prepare(struct mover *f)
{
    size_t size = 1 + sim_random(sizeof(f->buf));

    if (f->direction == FILE_TRANSFER_WRITE)
        size = MIN(size, f->left);
    else
        size = sizeof(f->buf);
    for (size_t i = 0; f->direction == FILE_TRANSFER_WRITE && i < size; i++)
        f->buf[i] = (unsigned char)sim_random(256);
    iobuf_init_kernel(&f->io, f->buf, size);
}

static void account(struct mover *f)
{
    for (size_t i = 0; i < f->io.done; i++)
        f->sum += f->buf[i];
    f->left -= MIN(f->left, f->io.done);
}

CO_FN(mover)
{
    status_t st;

    do {
        prepare(f);
        CO_CALL(st, f->transfer, file_transfer, .file = f->file, .io = &f->io,
                .at = FILE_POSITION, .direction = f->direction);
        account(f);
    } while (st == OK && f->io.done && f->left);
    if (st != OK)
        assert_true(st == ERR_PEER_CLOSED || st == ERR_PEER_SHUT ||
                    st == ERR_CONNECTION_RESET || st == ERR_CONNECTION_REFUSED ||
                    st == ERR_NOT_CONNECTED);
    file_put(f->file);
    CO_RETURN(OK);
}
CO_END

static void run_movers(uint64_t seed, unsigned type, size_t to_read)
{
    static struct mover frames[2 * SIDES];
    static struct task tasks[2 * SIDES];
    struct file *files[2];
    uint64_t written = 0, read = 0;

    boot_seed(seed);
    assert_int_equal(new_pair(type, files), OK);
    atomic_store(&socket_of_file(files[0])->send_buffer, 1500);
    running = countof(frames);
    for (unsigned i = 0; i < countof(frames); i++) {
        bool reads = i < SIDES;

        frames[i] =
            (struct mover){.co = {.resume = mover},
                           .file = file_get(files[reads]),
                           .direction = reads ? FILE_TRANSFER_READ : FILE_TRANSFER_WRITE,
                           .left = reads ? to_read : SIDE_BYTES};
        task_spawn(&tasks[i], "mover", &frames[i].co, TASK_PRIORITY_DEFAULT, NULL, done);
    }
    file_put(files[0]);
    file_put(files[1]);
    run_to_end();
    for (unsigned i = 0; i < countof(frames); i++)
        *(i < SIDES ? &read : &written) += frames[i].sum;
    if (to_read == SIZE_MAX)
        assert_int_equal(read, written);
}

static void test_every_byte_arrives(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        run_movers(seed, SOCK_STREAM, SIZE_MAX);
        run_movers(seed, SOCK_SEQPACKET, SIZE_MAX);
    }
}

static void test_close_against_send(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        run_movers(seed, SOCK_STREAM, 500);
        run_movers(seed, SOCK_SEQPACKET, 500);
        run_movers(seed, SOCK_DGRAM, 500);
    }
}

/* Clients that connect, say something and go, until nobody listens any more. */
enum { CLIENTS = 4 };
static struct socket_address the_name = {.size = 6, .un = {AF_UNIX, "\0xyz"}};

struct client {
    struct co co;
    struct file *file;
    struct socket_request r;
    struct iobuf io;
    struct socket_attempt attempt;
};
static co_fn client;

static void open_client(struct client *f)
{
    struct socket *s;

    assert_int_equal(socket_create(AF_UNIX, SOCK_STREAM, 0, &s), OK);
    f->file = new_file(s);
    f->r = (struct socket_request){.address = &the_name};
}

static void say(struct client *f)
{
    struct socket *s = socket_of_file(f->file);
    status_t st;

    iobuf_init_kernel(&f->io, (char[]){"hello"}, 5);
    f->r = (struct socket_request){.io = &f->io};
    st = s->ops->try_send(s, &f->r);
    assert_true(st == OK || st == ERR_PEER_CLOSED);
}

CO_FN(client)
{
    status_t st;

    do {
        open_client(f);
        CO_CALL(st, f->attempt, socket_attempt, .socket = socket_of_file(f->file), .r = &f->r,
                .attempt = socket_of_file(f->file)->ops->try_connect,
                .deadline = TIME_INFINITE);
        if (st == OK)
            say(f);
        file_put(f->file);
    } while (st == OK);
    assert_int_equal(st, ERR_CONNECTION_REFUSED);
    CO_RETURN(OK);
}
CO_END

struct server {
    struct co co;
    struct file *file;
    unsigned left;
    bool shuts;
    struct socket_request r;
    struct socket_attempt attempt;
};
static co_fn server;

CO_FN(server)
{
    status_t st;

    while (f->left--) {
        f->r = (struct socket_request){0};
        CO_CALL(st, f->attempt, socket_attempt, .socket = socket_of_file(f->file), .r = &f->r,
                .attempt = socket_of_file(f->file)->ops->try_accept, .want = FILE_IN,
                .deadline = TIME_INFINITE);
        assert_int_equal(st, OK);
        file_put(new_file(f->r.accepted));
    }
    if (f->shuts)
        assert_int_equal(unix_shutdown(socket_of_file(f->file), SHUT_RD), OK);
    file_put(f->file);
    CO_RETURN(OK);
}
CO_END

static struct file *new_listener(unsigned backlog)
{
    struct socket *s;

    assert_int_equal(socket_create(AF_UNIX, SOCK_STREAM, 0, &s), OK);
    assert_int_equal(s->ops->bind(s, NULL, &the_name), OK);
    assert_int_equal(s->ops->listen(s, backlog), OK);
    return new_file(s);
}

static void run_clients(uint64_t seed)
{
    static struct client clients[CLIENTS];
    static struct server server_frame;
    static struct task tasks[CLIENTS + 1];

    boot_seed(seed);
    running = CLIENTS + 1;
    server_frame = (struct server){.co = {.resume = server},
                                   .file = new_listener((unsigned)sim_random(3)),
                                   .left = (unsigned)sim_random(12),
                                   .shuts = sim_random(2)};
    task_spawn(&tasks[CLIENTS], "server", &server_frame.co, TASK_PRIORITY_DEFAULT, NULL, done);
    for (unsigned i = 0; i < CLIENTS; i++) {
        clients[i] = (struct client){.co = {.resume = client}};
        task_spawn(&tasks[i], "client", &clients[i].co, TASK_PRIORITY_DEFAULT, NULL, done);
    }
    run_to_end();
}

static void test_close_against_connect(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++)
        run_clients(seed);
}

/* Sockets passed through sockets, by several at once, and dropped wherever they are. */
enum { PASSERS = 3, HANDS = 6, PASSES = 60 };

struct passer {
    struct co co;
    unsigned left;
    struct file *hands[HANDS];
};
static co_fn passer;

/* All passers can reach it, so what one has comes to another. */
static struct file *meeting[2];

static void hold(struct passer *f, struct file *file)
{
    unsigned i = (unsigned)sim_random(HANDS);

    file_put(f->hands[i]);
    f->hands[i] = file;
}

static void make_pair(struct passer *f)
{
    struct file *files[2];

    assert_int_equal(new_pair(sim_random(2) ? SOCK_DGRAM : SOCK_STREAM, files), OK);
    hold(f, files[0]);
    hold(f, files[1]);
}

static void pass(struct passer *f, struct file *by)
{
    struct socket_control control = {.rights = rights_new(2)};
    struct iobuf io;
    struct socket_request r = {.io = &io, .control = &control, .nonblocking = true};

    for (unsigned i = 0; i < 2; i++) {
        struct file *file = f->hands[sim_random(HANDS)];

        if (file)
            control.rights->files[control.rights->count++] = file_get(file);
    }
    iobuf_init_kernel(&io, (char[]){"x"}, 1);
    (void)!socket_of_file(by)->ops->try_send(socket_of_file(by), &r);
    socket_put(r.until);
    rights_drop(control.rights);
}

static void take(struct passer *f, struct file *from)
{
    struct socket_control control = {0};
    struct iobuf io;
    struct socket_request r = {.io = &io,
                               .control = &control,
                               .nonblocking = true,
                               .flags = sim_random(4) ? 0 : MSG_PEEK};
    char byte;

    iobuf_init_kernel(&io, &byte, 1);
    (void)!socket_of_file(from)->ops->try_receive(socket_of_file(from), &r);
    for (unsigned i = 0; control.rights && i < control.rights->count; i++)
        hold(f, file_get(control.rights->files[i]));
    rights_drop(control.rights);
}

static void pass_step(struct passer *f)
{
    struct file *file = f->hands[sim_random(HANDS)];

    switch (sim_random(7)) {
    case 0:
        make_pair(f);
        break;
    case 1:
        pass(f, meeting[0]);
        break;
    case 2:
        take(f, meeting[1]);
        break;
    case 3:
        hold(f, NULL);
        socket_collect();
        break;
    case 4:
        if (file)
            take(f, file);
        break;
    default:
        if (file)
            pass(f, file);
    }
}

CO_FN(passer)
{
    while (f->left--) {
        pass_step(f);
        CO_YIELD();
    }
    for (unsigned i = 0; i < HANDS; i++)
        file_put(f->hands[i]);
    CO_RETURN(OK);
}
CO_END

static void run_passers(uint64_t seed)
{
    static struct passer frames[PASSERS];
    static struct task tasks[PASSERS];

    boot_seed(seed);
    running = PASSERS;
    assert_int_equal(new_pair(SOCK_DGRAM, meeting), OK);
    for (unsigned i = 0; i < PASSERS; i++) {
        frames[i] = (struct passer){.co = {.resume = passer}, .left = PASSES};
        task_spawn(&tasks[i], "passer", &frames[i].co, TASK_PRIORITY_DEFAULT, NULL, done);
    }
    assert_int_equal(sim_run(executor_run), SIM_STOPPED);
    file_put(meeting[0]);
    file_put(meeting[1]);
    socket_collect();
    unmount_root();
    shut_down();
}

static void test_collect(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++)
        run_passers(seed);
}

/* Each allocation fails once, until there are no more: what was begun is undone. */
static status_t pair_and_write(void)
{
    struct file *files[2];
    size_t moved;
    status_t st = new_pair(SOCK_STREAM, files);

    if (st != OK)
        return st;
    st = t_write(files[0], "x", 1, FILE_POSITION, &moved);
    file_put(files[0]);
    file_put(files[1]);
    return st;
}

static status_t connect_once(unsigned fail_at)
{
    struct file *listener = new_listener(1);
    struct client c = {0};
    status_t st;

    open_client(&c);
    inject_failure_at(fail_at);
    st = socket_of_file(c.file)->ops->try_connect(socket_of_file(c.file), &c.r);
    inject_failure_at(0);
    file_put(c.file);
    file_put(listener);
    return st;
}

static void test_no_memory(void **state)
{
    unsigned n = 0;
    status_t st;

    (void)state;
    do {
        inject_failure_at(++n);
        st = pair_and_write();
        inject_failure_at(0);
        assert_true(st == OK || st == ERR_NO_MEMORY);
    } while (st != OK);
    assert_true(n > 5);
    for (n = 1; (st = connect_once(n)) != OK; n++)
        assert_int_equal(st, ERR_NO_MEMORY);
    assert_true(n > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_byte_arrives),
        cmocka_unit_test(test_close_against_send),
        cmocka_unit_test(test_close_against_connect),
        cmocka_unit_test(test_collect),
        cmocka_unit_test_setup_teardown(test_no_memory, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
