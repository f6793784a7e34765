/*
 * ctx.c - what a switch between processes, or threads, costs: as lmbench's lat_ctx finds it. A
 * token goes round a ring of pipes; who gets it reads an array of its own, of SIZE KiB, and
 * hands it on. What one process takes for passing it and reading one array is subtracted.
 * Prints "switch NANOSECONDS".
 *
 * usage: ctx [-t] N SIZE      -t: threads
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RING_MAX = 32, SWITCHES = 1000, ROUNDS = 30 };

struct member {
    int from, to;
    volatile const long *array;
};

static struct member ring[RING_MAX];
static unsigned members;
static size_t array_size;

static void fail(const char *what)
{
    perror(what);
    _exit(1);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* False: the ring is broken, which ends it. */
static int take_token(const struct member *m, volatile const long *array)
{
    char token;

    if (read(m->from, &token, 1) != 1)
        return 0;
    for (size_t i = 0; i < array_size / sizeof(long); i++)
        (void)array[i];
    return 1;
}

static int pass_token(const struct member *m)
{
    return write(m->to, "", 1) == 1;
}

static void *member_main(void *arg)
{
    const struct member *m = arg;

    while (take_token(m, m->array) && pass_token(m))
        ;
    return NULL;
}

static void make_array(struct member *m)
{
    void *at =
        mmap(NULL, array_size + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (at == MAP_FAILED)
        fail("mmap");
    memset(at, 1, array_size + 1);
    m->array = at;
}

/* Member i reads what member i - 1 writes. */
static void make_ring(void)
{
    for (unsigned i = 0; i < members; i++) {
        int ends[2];

        if (pipe(ends) < 0)
            fail("pipe");
        ring[i].from = ends[0];
        ring[(i + members - 1) % members].to = ends[1];
        make_array(&ring[i]);
    }
}

/* All but the first, which is us. Processes take no other end of a pipe than their own with
 * them, so that the ring breaks when we leave it. */
static void start_process(unsigned which)
{
    pid_t pid = fork();

    if (pid < 0)
        fail("fork");
    if (pid)
        return;
    for (unsigned i = 0; i < members; i++) {
        if (i == which)
            continue;
        close(ring[i].from);
        close(ring[i].to);
    }
    make_array(&ring[which]);
    member_main(&ring[which]);
    _exit(0);
}

static void start_thread(unsigned which)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, member_main, &ring[which]))
        fail("pthread_create");
}

static void round_trips(long count)
{
    for (long i = 0; i < count; i++)
        if (!pass_token(&ring[0]) || !take_token(&ring[0], ring[0].array))
            fail("token");
}

static void alone(long count)
{
    for (long i = 0; i < count; i++)
        for (unsigned j = 0; j < members; j++)
            if (!pass_token(&ring[j]) || !take_token(&ring[(j + 1) % members], ring[0].array))
                fail("token");
}

/* Nanoseconds for each step of the token: the best of some rounds, for others may use the
 * machine. */
static double timed(void (*rounds)(long count), long count)
{
    double best = 1e18;

    for (int i = 0; i < ROUNDS; i++) {
        double start = now(), took;

        rounds(count);
        took = (now() - start) / (double)count / members;
        best = took < best ? took : best;
    }
    return best;
}

int main(int argc, char **argv)
{
    double overhead, took;
    int threads = 0;
    long count;

    while (getopt(argc, argv, "t") == 't')
        threads = 1;
    if (argc - optind != 2 || (members = (unsigned)atoi(argv[optind])) < 2 ||
        members > RING_MAX) {
        fprintf(stderr, "usage: ctx [-t] N SIZE\n");
        return 2;
    }
    array_size = (size_t)atol(argv[optind + 1]) << 10;
    count = SWITCHES / members + 1;
    make_ring();
    overhead = timed(alone, count);
    for (unsigned i = 1; i < members; i++)
        (threads ? start_thread : start_process)(i);
    took = timed(round_trips, count);
    printf("switch %.1f\n", took > overhead ? took - overhead : 0);
    fflush(stdout);
    _exit(0);
}
