/*
 * crowd.c - many threads and processes at once: forks, execs and exits among busy siblings,
 * mappings that change under their users, copied and shared memory, pipes with many writers.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include "tests/linux/check.h"

enum { PAGE = 4096, THREADS = 6 };

typedef void *thread_fn(void *);

static void start(pthread_t *threads, int count, thread_fn *fn, void *arg)
{
    for (int i = 0; i < count; i++)
        CHECK_EQ(pthread_create(&threads[i], NULL, fn, arg), 0);
}

static void join(pthread_t *threads, int count)
{
    void *result;

    for (int i = 0; i < count; i++) {
        CHECK_EQ(pthread_join(threads[i], &result), 0);
        CHECK(!result);
    }
}

static volatile int stop, hits;

static void count_hit(int signo)
{
    (void)signo;
    hits++;
}

static void *spin(void *arg)
{
    (void)arg;
    while (!stop)
        ;
    return NULL;
}

static void *block(void *arg)
{
    int ends[2];
    char c;

    (void)arg;
    return pipe(ends) == 0 && read(ends[0], &c, 1) == 1 ? "somebody wrote" : NULL;
}

static void *mapped(size_t size, int flags)
{
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);

    CHECK(at != MAP_FAILED);
    return at;
}

static void *fork_some(void *arg)
{
    (void)arg;
    for (int i = 0; i < 8; i++) {
        pid_t pid = fork();
        int status;

        if (pid == 0)
            _exit(i);
        if (waitpid(pid, &status, 0) != pid || status != i << 8)
            return "a child went wrong";
    }
    return NULL;
}

static void threads_fork(void)
{
    pthread_t threads[THREADS];

    start(threads, THREADS, fork_some, NULL);
    join(threads, THREADS);
}

static void busy_siblings(void)
{
    pthread_t threads[2];

    start(threads, 2, spin, NULL);
    start(threads, 2, block, NULL);
}

static void *exec_true(void *arg)
{
    (void)arg;
    execl("/bin/sh", "sh", "-c", "exit 9", NULL);
    return NULL;
}

/* The leader's exec, another's exec, an exit and a death end them all. */
static void busy_threads_end(void)
{
    pthread_t thread;

    for (int i = 0; i < 4; i++) {
        CHECK_EXITS(CHILD(busy_siblings(); exec_true(NULL)), 9);
        CHECK_EXITS(CHILD(busy_siblings(); start(&thread, 1, exec_true, NULL); pause()), 9);
        CHECK_EXITS(CHILD(busy_siblings(); usleep((useconds_t)i * 100); _exit(7)), 7);
        CHECK_KILLED(CHILD(busy_siblings(); raise(SIGKILL)), SIGKILL);
    }
}

static char *touched;
static __thread sigjmp_buf back;

static void go_back(int signo)
{
    (void)signo;
    siglongjmp(back, 1);
}

static void *touch(void *arg)
{
    (void)arg;
    for (unsigned i = 0; !stop; i++)
        if (!sigsetjmp(back, 1))
            touched[i % 8 * PAGE]++;
    return NULL;
}

/* Once mprotect has returned, nobody writes any more, on whatever CPU. */
static void protection_holds_everywhere(void)
{
    struct sigaction action = {.sa_handler = go_back, .sa_flags = SA_NODEFER};
    pthread_t threads[3];

    CHECK_EQ(sigaction(SIGSEGV, &action, NULL), 0);
    touched = mapped(8 * PAGE, MAP_PRIVATE);
    start(threads, 3, touch, NULL);
    for (int i = 0; i < 60; i++) {
        CHECK_EQ(mprotect(touched, 8 * PAGE, PROT_READ), 0);
        char before = *(volatile char *)touched;
        for (int k = 0; k < 50; k++)
            CHECK_EQ(*(volatile char *)touched, before);
        CHECK_EQ(mprotect(touched, 8 * PAGE, PROT_READ | PROT_WRITE), 0);
        if (i % 10 == 0)
            CHECK(mmap(touched, 8 * PAGE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == touched);
    }
    stop = 1;
    join(threads, 3);
}

/* However short the interval and busy the machine, a timer goes on. */
static void interval_timer_goes_on(void)
{
    struct sigaction action = {.sa_handler = count_hit, .sa_flags = SA_RESTART};
    struct itimerval every = {{0, 100}, {0, 100}}, never = {{0}};

    CHECK_EQ(sigaction(SIGALRM, &action, NULL), 0);
    CHECK_EQ(setitimer(ITIMER_REAL, &every, NULL), 0);
    while (hits < 50)
        ;
    CHECK_EQ(setitimer(ITIMER_REAL, &never, NULL), 0);
}

/* 1/1 + 1/2 + ...: the same each time, whoever else computes, and through signals. */
static void *harmonic(void *arg)
{
    double first = 0;

    (void)arg;
    for (int round = 0; round < 4 || !stop; round++) {
        double sum = 0;

        for (int i = 1; i < 20000; i++)
            sum += 1.0 / i;
        if (round && sum != first)
            return "the sum changed";
        first = sum;
    }
    return NULL;
}

static void sums_are_their_own(void)
{
    struct sigaction action = {.sa_handler = count_hit, .sa_flags = SA_RESTART};
    pthread_t threads[THREADS];

    CHECK_EQ(sigaction(SIGUSR1, &action, NULL), 0);
    start(threads, THREADS, harmonic, NULL);
    for (int i = 0; i < 60; i++) {
        pthread_kill(threads[i % THREADS], SIGUSR1);
        sched_yield();
    }
    stop = 1;
    join(threads, THREADS);
    CHECK(hits > 0);
}

enum { COPIES = 32, CHILDREN = 6 };

static void count_up(int *memory, int by)
{
    for (int round = 0; round < 4; round++)
        for (int i = 0; i < COPIES; i++) {
            CHECK_EQ(memory[i * PAGE / 4], i + round * by);
            memory[i * PAGE / 4] += by;
            sched_yield();
        }
}

/* Each child writes the pages that it shares with the others. */
static void copies_are_their_own(void)
{
    int *memory = mapped(COPIES * PAGE, MAP_PRIVATE);
    pid_t children[CHILDREN];

    for (int i = 0; i < COPIES; i++)
        memory[i * PAGE / 4] = i;
    for (int c = 0; c < CHILDREN; c++)
        children[c] = CHILD(count_up(memory, c + 1));
    for (int c = 0; c < CHILDREN; c++)
        CHECK_EXITS(children[c], 0);
    for (int i = 0; i < COPIES; i++)
        CHECK_EQ(memory[i * PAGE / 4], i);
}

struct shared_count {
    pthread_mutex_t mutex;
    volatile int count;
};

static void count_shared(struct shared_count *s)
{
    for (int i = 0; i < 500; i++) {
        pthread_mutex_lock(&s->mutex);
        int seen = s->count;
        if (i % 50 == 0)
            sched_yield();
        s->count = seen + 1;
        pthread_mutex_unlock(&s->mutex);
    }
}

static void a_mutex_between_processes(void)
{
    struct shared_count *s = check_shared;
    pthread_mutexattr_t attr;
    pid_t children[CHILDREN];

    CHECK_EQ(pthread_mutexattr_init(&attr), 0);
    CHECK_EQ(pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED), 0);
    CHECK_EQ(pthread_mutex_init(&s->mutex, &attr), 0);
    for (int c = 0; c < CHILDREN; c++)
        children[c] = CHILD(count_shared(s));
    for (int c = 0; c < CHILDREN; c++)
        CHECK_EXITS(children[c], 0);
    CHECK_EQ(s->count, CHILDREN * 500);
}

static void write_blocks(int fd, char letter)
{
    char block[512];

    memset(block, letter, sizeof(block));
    for (int i = 0; i < 100; i++)
        CHECK_EQ(write(fd, block, sizeof(block)), sizeof(block));
}

static void small_writes_are_not_torn(void)
{
    pid_t children[CHILDREN];
    char block[512];
    int ends[2], count = 0;
    FILE *in;

    CHECK_EQ(pipe(ends), 0);
    for (int c = 0; c < CHILDREN; c++)
        children[c] = CHILD(write_blocks(ends[1], (char)('a' + c)));
    close(ends[1]);
    in = fdopen(ends[0], "r");
    for (; fread(block, sizeof(block), 1, in) == 1; count++)
        for (size_t i = 1; i < sizeof(block); i++)
            CHECK_EQ(block[i], block[0]);
    CHECK_EQ(count, CHILDREN * 100);
    for (int c = 0; c < CHILDREN; c++)
        CHECK_EXITS(children[c], 0);
}

static void busy_group(void)
{
    setpgid(0, 0);
    for (int i = 0; i < 3 && fork(); i++)
        ;
    for (;;)
        ;
}

static void a_busy_group_is_killed(void)
{
    for (int i = 0; i < 5; i++) {
        pid_t pid = CHILD(busy_group());

        setpgid(pid, pid);
        usleep(500);
        CHECK_EQ(kill(-pid, SIGKILL), 0);
        CHECK_KILLED(pid, SIGKILL);
    }
}

static void *nap(void *arg)
{
    for (int i = 0; i < 10; i++)
        usleep(1000);
    return arg;
}

/* Each has a child, for ever. */
static void forking_group(void)
{
    setpgid(0, 0);
    for (;;)
        if (fork() > 0)
            pause();
}

/* A signal to a group reaches whoever is being born in it. */
static void a_forking_group_is_told(void)
{
    CHECK_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    for (int i = 0; i < 60; i++) {
        pid_t pid = CHILD(forking_group());

        setpgid(pid, pid);
        usleep((useconds_t)i * 50);
        CHECK_EQ(kill(-pid, i % 2 ? SIGTERM : SIGKILL), 0);
        while (wait(NULL) > 0)
            continue;
        CHECK_EQ(errno, ECHILD);
    }
}

/* A continuation that comes while the stop is being acted upon takes it back as well. */
static void a_stop_is_taken_back(void)
{
    enum { ROUNDS = 400, DELAYS = 60 };
    atomic_int *asked =
        mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    atomic_int *answered = asked + 1;
    pid_t pid = CHILD(for (;;) atomic_store(answered, atomic_load(asked)));

    for (int i = 1; i <= ROUNDS; i++) {
        kill(pid, SIGSTOP);
        for (volatile int n = i % DELAYS * 20; n > 0; n--)
            continue;
        kill(pid, SIGCONT);
        atomic_store(asked, i);
        while (atomic_load(answered) != i)
            sched_yield();
        CHECK_EQ(waitpid(pid, NULL, WUNTRACED | WNOHANG), 0);
    }
    kill(pid, SIGKILL);
    CHECK_KILLED(pid, SIGKILL);
    munmap(asked, PAGE);
}

static void many_sleep(void)
{
    pthread_t threads[64];

    start(threads, 64, nap, NULL);
    join(threads, 64);
}

static void bounded_fork_bomb(void)
{
    enum { BOMBS = 150 };
    pid_t children[BOMBS];

    for (int i = 0; i < BOMBS; i++)
        children[i] = CHILD(sched_yield(); _exit(i % 100));
    for (int i = 0; i < BOMBS; i++)
        CHECK_EXITS(children[i], i % 100);
}

static const struct check_case cases[] = {
    CASE(threads_fork),
    CASE(busy_threads_end),
    CASE(protection_holds_everywhere),
    CASE(interval_timer_goes_on),
    CASE(sums_are_their_own),
    CASE(copies_are_their_own),
    CASE(a_mutex_between_processes),
    CASE(small_writes_are_not_torn),
    CASE(a_busy_group_is_killed),
    CASE(a_forking_group_is_told),
    CASE(a_stop_is_taken_back),
    CASE(many_sleep),
    CASE(bounded_fork_bomb),
};
CHECK_MAIN(cases)
