/* mb: a small latency benchmark of kernel services, one line per test: name, ns per operation.
 * Static, libc only, the same binary on every kernel under comparison.
 * usage: mb [-s SCALE] [TEST...]      SCALE multiplies the iteration counts (default 1). */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double scale = 1;
static const char *self;
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}
static long N(long n)
{
    long k = (long)(n * scale);
    return k < 1 ? 1 : k;
}
static void die(const char *what)
{
    printf("# %s: %s\n", what, strerror(errno));
    fflush(stdout);
    _exit(1);
}
#define TIMED(n, body)                  \
    ({                                  \
        long n_ = (n);                  \
        double t_ = now();              \
        for (long i = 0; i < n_; i++) { \
            body;                       \
        }                               \
        (now() - t_) / n_;              \
    })

static double t_null(void)
{
    return TIMED(N(200000), syscall(SYS_getppid));
}
static double t_clock(void)
{
    struct timespec t;
    return TIMED(N(200000), clock_gettime(CLOCK_MONOTONIC, &t));
}
static double t_read0(void)
{
    char c;
    int f = open("/dev/zero", O_RDONLY);
    if (f < 0)
        die("open /dev/zero");
    double r = TIMED(N(100000), if (read(f, &c, 1) != 1) die("read"));
    close(f);
    return r;
}
static double t_write0(void)
{
    char c = 0;
    int f = open("/dev/null", O_WRONLY);
    if (f < 0)
        die("open /dev/null");
    double r = TIMED(N(100000), if (write(f, &c, 1) != 1) die("write"));
    close(f);
    return r;
}
static double t_stat(void)
{
    struct stat s;
    return TIMED(N(50000), if (stat("/dev/null", &s)) die("stat"));
}
static double t_open(void)
{
    return TIMED(N(50000), int f = open("/dev/null", O_RDONLY); if (f < 0) die("open");
                 close(f));
}

static double pingpong(int a[2], int b[2], long n)
{
    char c = 0;
    pid_t p = fork();
    if (p < 0)
        die("fork");
    if (!p) {
        for (;;) {
            if (read(a[0], &c, 1) != 1)
                _exit(0);
            if (write(b[1], &c, 1) != 1)
                _exit(0);
        }
    }
    for (long i = 0; i < n / 10 + 1; i++) {
        if (write(a[1], &c, 1) != 1 || read(b[0], &c, 1) != 1)
            die("pingpong");
    }
    double r = TIMED(n, if (write(a[1], &c, 1) != 1 || read(b[0], &c, 1) != 1) die("pingpong"));
    kill(p, SIGKILL);
    waitpid(p, 0, 0);
    return r;
}
static double t_pipe(void)
{
    int a[2], b[2];
    if (pipe(a) || pipe(b))
        die("pipe");
    double r = pingpong(a, b, N(20000));
    close(a[0]);
    close(a[1]);
    close(b[0]);
    close(b[1]);
    return r;
}
static double t_unix(void)
{
    int s[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, s))
        die("socketpair");
    int a[2] = {s[1], s[0]}, b[2] = {s[0], s[1]};
    double r = pingpong(a, b, N(20000));
    close(s[0]);
    close(s[1]);
    return r;
}
static double t_tcp(void)
{
    int l = socket(AF_INET, SOCK_STREAM, 0), c = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    struct sockaddr_in ad = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof ad;
    if (l < 0 || bind(l, (void *)&ad, sizeof ad) || listen(l, 1) ||
        getsockname(l, (void *)&ad, &len) || connect(c, (void *)&ad, sizeof ad))
        die("tcp");
    int s = accept(l, 0, 0);
    if (s < 0)
        die("accept");
    setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    int a[2] = {s, c}, b[2] = {c, s};
    double r = pingpong(a, b, N(5000));
    close(s);
    close(c);
    close(l);
    return r;
}
static double t_fork(void)
{
    return TIMED(N(500), pid_t p = fork(); if (p < 0) die("fork"); if (!p) _exit(0);
                 waitpid(p, 0, 0));
}
static double t_exec(void)
{
    return TIMED(
        N(300), pid_t p = fork(); if (p < 0) die("fork"); if (!p) {
            execl(self, self, "-x", (char *)0);
            _exit(127);
        } int st;
        waitpid(p, &st, 0); if (st) die("exec"));
}
static void *nop(void *p)
{
    return p;
}
static double t_thread(void)
{
    return TIMED(N(1000), pthread_t t; if (pthread_create(&t, 0, nop, 0)) die("pthread_create");
                 pthread_join(t, 0));
}

static int fut[2];
static void fwait(int *f, int v)
{
    while (__atomic_load_n(f, __ATOMIC_ACQUIRE) == v)
        syscall(SYS_futex, f, FUTEX_WAIT_PRIVATE, v, 0, 0, 0);
}
static void fset(int *f, int v)
{
    __atomic_store_n(f, v, __ATOMIC_RELEASE);
    syscall(SYS_futex, f, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
}
static void *futex_peer(void *arg)
{
    long n = (long)arg;
    for (long i = 0; i < n; i++) {
        fwait(&fut[0], i);
        fset(&fut[1], i + 1);
    }
    return 0;
}
static double t_futex(void)
{
    pthread_t t;
    long n = N(20000);
    fut[0] = fut[1] = 0;
    if (pthread_create(&t, 0, futex_peer, (void *)n))
        die("pthread_create");
    double r = TIMED(n, fset(&fut[0], i + 1); fwait(&fut[1], i));
    pthread_join(t, 0);
    return r;
}
static double t_fault(void)
{
    size_t sz = 16 << 20;
    double tot = 0;
    long k = N(4);
    for (long j = 0; j < k; j++) {
        char *p = mmap(0, sz, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED)
            die("mmap");
        double t = now();
        for (size_t o = 0; o < sz; o += 4096)
            p[o] = 1;
        tot += now() - t;
        munmap(p, sz);
    }
    return tot / k / (sz / 4096);
}
static double t_mmap(void)
{
    return TIMED(N(10000), void *p = mmap(0, 65536, PROT_READ | PROT_WRITE,
                                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                 if (p == MAP_FAILED) die("mmap"); munmap(p, 65536));
}
/* the same of a Zircon VMO that is mapped: one page, which is there */
static double t_maptouch(void)
{
    int f = memfd_create("m", 0);
    if (f < 0 || ftruncate(f, 4096))
        die("memfd");
    double r =
        TIMED(N(10000), void *p = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, f, 0);
              if (p == MAP_FAILED) die("mmap"); *(volatile char *)p = 1; munmap(p, 4096));
    close(f);
    return r;
}
static void on_sig(int s)
{
    (void)s;
}
static double t_signal(void)
{
    signal(SIGUSR1, on_sig);
    pid_t me = getpid();
    return TIMED(N(50000), kill(me, SIGUSR1));
}
static char *guarded;
static void on_segv(int s)
{
    (void)s;
    mprotect(guarded, 4096, PROT_READ | PROT_WRITE);
}
static double t_protfault(void)
{
    guarded = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    signal(SIGSEGV, on_segv);
    double r =
        TIMED(N(10000), mprotect(guarded, 4096, PROT_READ); *(volatile char *)guarded = 1);
    signal(SIGSEGV, SIG_DFL);
    munmap(guarded, 4096);
    return r;
}
static double t_file(void)
{
    static char buf[4096];
    char name[64];
    snprintf(name, sizeof name, "/tmp/mb.%d", (int)getpid());
    double r = TIMED(N(2000), int f = open(name, O_CREAT | O_RDWR | O_TRUNC, 0600);
                     if (f < 0) die("create"); if (write(f, buf, 4096) != 4096) die("write");
                     if (pread(f, buf, 4096, 0) != 4096) die("pread"); close(f); unlink(name));
    return r;
}
static double t_pipebw(void)
{ /* ns per KiB */
    static char buf[65536];
    int a[2];
    if (pipe(a))
        die("pipe");
    long total = N(64) << 20;
    pid_t p = fork();
    if (!p) {
        close(a[0]);
        for (long s = 0; s < total; s += sizeof buf) {
            size_t o = 0;
            while (o < sizeof buf) {
                ssize_t w = write(a[1], buf + o, sizeof buf - o);
                if (w <= 0)
                    _exit(1);
                o += w;
            }
        }
        _exit(0);
    }
    close(a[1]);
    double t = now();
    long got = 0;
    ssize_t r;
    while ((r = read(a[0], buf, sizeof buf)) > 0)
        got += r;
    t = now() - t;
    waitpid(p, 0, 0);
    close(a[0]);
    if (got != total)
        die("pipebw");
    return t / (got / 1024);
}
static double t_poll10(void)
{
    int a[2];
    struct pollfd p[10];
    if (pipe(a))
        die("pipe");
    for (int i = 0; i < 10; i++)
        p[i] = (struct pollfd){a[0], POLLIN, 0};
    return TIMED(N(50000), poll(p, 10, 0));
}
static double t_epoll(void)
{
    int a[2];
    if (pipe(a))
        die("pipe");
    int e = epoll_create1(0);
    if (e < 0)
        die("epoll");
    struct epoll_event ev = {.events = EPOLLIN}, out;
    epoll_ctl(e, EPOLL_CTL_ADD, a[0], &ev);
    if (write(a[1], "x", 1) != 1)
        die("write");
    return TIMED(N(50000), if (epoll_wait(e, &out, 1, 0) != 1) die("epoll_wait"));
}
/* the nearest Linux relatives of a Zircon channel, VMO and event, within one process */
static double t_seqpkt(void)
{
    int s[2];
    char m[64] = {0};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s))
        die("socketpair");
    double r =
        TIMED(N(50000), if (write(s[0], m, 64) != 64 || read(s[1], m, 64) != 64) die("seqpkt"));
    close(s[0]);
    close(s[1]);
    return r;
}
static double t_memfd(void)
{
    static char b[4096];
    return TIMED(N(5000), int f = memfd_create("m", 0); if (f < 0) die("memfd");
                 if (pwrite(f, b, 4096, 0) != 4096 || pread(f, b, 4096, 0) != 4096)
                     die("memfd io");
                 close(f));
}
static double t_eventfd(void)
{
    uint64_t v = 1;
    int f = eventfd(0, 0);
    if (f < 0)
        die("eventfd");
    double r =
        TIMED(N(50000), if (write(f, &v, 8) != 8 || read(f, &v, 8) != 8) die("eventfd io"));
    close(f);
    return r;
}
static double t_yield(void)
{
    return TIMED(N(100000), syscall(SYS_sched_yield));
}

static const struct {
    const char *name;
    double (*run)(void);
} tests[] = {
    {"null", t_null},         {"clock", t_clock},         {"read0", t_read0},
    {"write0", t_write0},     {"stat", t_stat},           {"open", t_open},
    {"yield", t_yield},       {"seqpkt", t_seqpkt},       {"memfd", t_memfd},
    {"eventfd", t_eventfd},   {"poll10", t_poll10},       {"epoll", t_epoll},
    {"signal", t_signal},     {"protfault", t_protfault}, {"mmap", t_mmap},
    {"maptouch", t_maptouch}, {"fault", t_fault},         {"futex", t_futex},
    {"pipe", t_pipe},         {"unix", t_unix},           {"tcp", t_tcp},
    {"pipebw", t_pipebw},     {"file", t_file},           {"thread", t_thread},
    {"fork", t_fork},         {"exec", t_exec},
};
int main(int argc, char **argv)
{
    int i = 1;
    self = argv[0];
    if (argc > 1 && !strcmp(argv[1], "-x"))
        return 0;
    if (argc > 2 && !strcmp(argv[1], "-s")) {
        scale = atof(argv[2]);
        i = 3;
    }
    for (size_t k = 0; k < sizeof tests / sizeof *tests; k++) {
        int want = i >= argc;
        for (int j = i; j < argc; j++)
            want |= !strcmp(argv[j], tests[k].name);
        if (!want)
            continue;
        fflush(stdout);
        pid_t p = fork(); /* each test in its own process: one failure does not hide the rest */
        if (!p) {
            alarm(60);
            double r = tests[k].run();
            printf("%-10s %12.1f\n", tests[k].name, r);
            fflush(stdout);
            _exit(0);
        }
        int st = 0;
        waitpid(p, &st, 0);
        if (st) {
            printf("%-10s FAILED %#x\n", tests[k].name, st);
            fflush(stdout);
        }
    }
    return 0;
}
