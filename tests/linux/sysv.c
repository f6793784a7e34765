/*
 * sysv.c - System V shared memory, semaphores and message queues (sysvipc(7)). All keys are
 * IPC_PRIVATE or of our own, and all objects go.
 */
#include "tests/linux/check.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

enum { OTHER_USER = 1977534, PAGE = 4096 };

union semun {
    int val;
    struct semid_ds *buf;
    unsigned short *array;
};

/* One that nobody has. */
static key_t free_key(void)
{
    return 0x5a000000 | (getpid() & 0xffffff);
}

/* --- shared memory --- */

static unsigned long attached(int id)
{
    struct shmid_ds ds;

    CHECK_EQ(shmctl(id, IPC_STAT, &ds), 0);
    return ds.shm_nattch;
}

static void memory_is_shared(void)
{
    int id = shmget(IPC_PRIVATE, 3 * PAGE - 5, IPC_CREAT | 0600);
    struct shmid_ds ds;
    char *at, *again;

    CHECK(id >= 0);
    at = shmat(id, NULL, 0);
    CHECK(at != (void *)-1);
    at[3 * PAGE - 1] = 7;
    again = shmat(id, NULL, SHM_RDONLY);
    CHECK(again != (void *)-1 && again != at && again[3 * PAGE - 1] == 7);
    CHECK_EQ(shmctl(id, IPC_STAT, &ds), 0);
    CHECK(ds.shm_segsz == 3 * PAGE - 5 && ds.shm_nattch == 2 && ds.shm_cpid == getpid());
    CHECK(ds.shm_perm.mode == 0600 && ds.shm_perm.uid == geteuid() && ds.shm_atime);
    CHECK_EXITS(CHILD({
                    CHECK_EQ(attached(id), 4);
                    at[0] = 9;
                }),
                0);
    CHECK(again[0] == 9 && attached(id) == 2);
    CHECK_EQ(mprotect(again, PAGE, PROT_READ), 0);
    CHECK_ERR(mprotect(again, PAGE, PROT_READ | PROT_WRITE), EACCES);
    CHECK_EQ(shmdt(again), 0);
    CHECK_ERR(shmdt(again), EINVAL);
    CHECK_EQ(attached(id), 1);
    /* It stays as long as somebody has it. */
    CHECK_EQ(shmctl(id, IPC_RMID, NULL), 0);
    CHECK_EQ(shmctl(id, IPC_STAT, &ds), 0);
    CHECK(ds.shm_perm.mode & SHM_DEST);
    at[PAGE] = 1;
    CHECK_EQ(shmdt(at), 0);
    CHECK_ERR(shmctl(id, IPC_STAT, &ds), EINVAL);
}

static void memory_by_key(void)
{
    key_t key = free_key();
    int id = shmget(key, PAGE, IPC_CREAT | IPC_EXCL | 0600);

    CHECK(id >= 0);
    CHECK_EQ(shmget(key, PAGE, 0), id);
    CHECK_EQ(shmget(key, 0, IPC_CREAT), id);
    CHECK_ERR(shmget(key, PAGE, IPC_CREAT | IPC_EXCL), EEXIST);
    CHECK_ERR(shmget(key, PAGE + 1, 0), EINVAL);
    CHECK_EXITS(CHILD({
                    CHECK(setgid(OTHER_USER) == 0 && setuid(OTHER_USER) == 0);
                    CHECK_ERR(shmget(key, PAGE, 0400), EACCES);
                    CHECK_ERR(shmat(id, NULL, 0) == (void *)-1 ? -1 : 0, EACCES);
                    CHECK_ERR(shmctl(id, IPC_RMID, NULL), EPERM);
                    CHECK_ERR(shmctl(id, IPC_STAT, check_shared), EACCES);
                }),
                0);
    CHECK_EQ(shmctl(id, IPC_RMID, NULL), 0);
    CHECK_ERR(shmget(key, PAGE, 0), ENOENT);
    CHECK_ERR(shmctl(id, IPC_RMID, NULL), EINVAL);
    CHECK_ERR(shmget(IPC_PRIVATE, 0, 0600), EINVAL);
}

static void memory_at_a_place(void)
{
    char *room = mmap(NULL, 4 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int id = shmget(IPC_PRIVATE, PAGE, 0600);

    CHECK(room != MAP_FAILED && id >= 0);
    CHECK_ERR(shmat(id, room, 0) == (void *)-1 ? -1 : 0, EINVAL);
    CHECK_ERR(shmat(id, room + 1, SHM_REMAP) == (void *)-1 ? -1 : 0, EINVAL);
    CHECK(shmat(id, room, SHM_REMAP) == room);
    CHECK_EQ(munmap(room + PAGE, PAGE), 0);
    CHECK(shmat(id, room + PAGE + 5, SHM_RND) == room + PAGE);
    CHECK_EQ(attached(id), 2);
    CHECK_EQ(munmap(room, PAGE), 0);
    CHECK_EQ(attached(id), 1);
    CHECK_EQ(shmctl(id, IPC_RMID, NULL), 0);
    CHECK_EQ(shmdt(room + PAGE), 0);
}

/* --- semaphores --- */

static int operate(int id, int number, int change, int flags)
{
    struct sembuf op = {(unsigned short)number, (short)change, (short)flags};

    return semop(id, &op, 1);
}

static int value_of(int id, int number)
{
    return semctl(id, number, GETVAL);
}

static int make_set(int count)
{
    int id = semget(IPC_PRIVATE, count, IPC_CREAT | 0600);

    CHECK(id >= 0);
    return id;
}

static void remove_set(int id)
{
    CHECK_EQ(semctl(id, 0, IPC_RMID), 0);
}

static void semaphores_have_values(void)
{
    unsigned short values[3] = {1, 2, 3};
    struct semid_ds ds;
    int id = make_set(3);

    CHECK_EQ(value_of(id, 2), 0);
    CHECK_EQ(semctl(id, 1, SETVAL, (union semun){.val = 5}), 0);
    CHECK_EQ(operate(id, 1, -2, 0), 0);
    CHECK_EQ(value_of(id, 1), 3);
    CHECK_EQ(semctl(id, 1, GETPID), getpid());
    CHECK_EQ(semctl(id, 0, SETALL, (union semun){.array = values}), 0);
    memset(values, 0, sizeof(values));
    CHECK_EQ(semctl(id, 0, GETALL, (union semun){.array = values}), 0);
    CHECK(values[0] == 1 && values[1] == 2 && values[2] == 3);
    CHECK_EQ(semctl(id, 0, IPC_STAT, (union semun){.buf = &ds}), 0);
    CHECK(ds.sem_nsems == 3 && ds.sem_otime && ds.sem_ctime && ds.sem_perm.mode == 0600);
    CHECK_ERR(semctl(id, 0, SETVAL, (union semun){.val = 32768}), ERANGE);
    CHECK_ERR(semctl(id, 3, GETVAL), EINVAL);
    CHECK_ERR(operate(id, 3, 1, 0), EFBIG);
    CHECK_ERR(operate(id, 0, 32767, 0), ERANGE);
    CHECK_ERR(semop(id, NULL, 0), EINVAL);
    CHECK_ERR(semop(id, check_shared, 501), E2BIG);
    CHECK_ERR(semop(id, check_bad, 1), EFAULT);
    CHECK_ERR(operate(id, 0, -2, IPC_NOWAIT), EAGAIN);
    CHECK_ERR(operate(id, 0, 0, IPC_NOWAIT), EAGAIN);
    remove_set(id);
    CHECK_ERR(operate(id, 0, 1, 0), EINVAL);
}

static void all_operations_or_none(void)
{
    struct sembuf ops[] = {{0, 1, 0}, {1, 1, 0}, {2, -1, IPC_NOWAIT}};
    int id = make_set(3);

    CHECK_ERR(semop(id, ops, 3), EAGAIN);
    CHECK(value_of(id, 0) == 0 && value_of(id, 1) == 0);
    CHECK_EQ(operate(id, 2, 1, 0), 0);
    CHECK_EQ(semop(id, ops, 3), 0);
    CHECK(value_of(id, 0) == 1 && value_of(id, 1) == 1 && value_of(id, 2) == 0);
    remove_set(id);
}

static void a_semaphore_is_waited_for(void)
{
    int id = make_set(2);
    pid_t more = CHILD(CHECK_EQ(operate(id, 0, -3, 0), 0)), zero;

    WAIT_FOR(semctl(id, 0, GETNCNT) == 1);
    CHECK_EQ(operate(id, 0, 2, 0), 0);
    CHECK_EQ(semctl(id, 0, GETNCNT), 1);
    zero = CHILD(CHECK_EQ(operate(id, 0, 0, 0), 0));
    WAIT_FOR(semctl(id, 0, GETZCNT) == 1);
    /* It is zero for a moment only: between our operation and the other's. */
    CHECK_EQ(operate(id, 0, 1, 0), 0);
    CHECK_EXITS(more, 0);
    CHECK_EXITS(zero, 0);
    CHECK_EQ(value_of(id, 0), 0);
    CHECK_EQ(semctl(id, 0, GETZCNT), 0);
    remove_set(id);
}

static void on_alarm(int signo)
{
    (void)signo;
}

static void a_wait_ends_early(void)
{
    const struct timespec soon = {0, 1000000}, wrong = {0, -1};
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
    struct sembuf op = {0, -1, 0};
    int id = make_set(1);
    pid_t child;

    CHECK_ERR(semtimedop(id, &op, 1, &soon), EAGAIN);
    CHECK_ERR(semtimedop(id, &op, 1, &wrong), EINVAL);
    sigaction(SIGUSR1, &action, NULL);
    child = CHILD(CHECK_ERR(semop(id, &op, 1), EINTR));
    WAIT_FOR(semctl(id, 0, GETNCNT) == 1);
    kill(child, SIGUSR1);
    CHECK_EXITS(child, 0);
    CHECK_EQ(semctl(id, 0, GETNCNT), 0);
    child = CHILD(CHECK_ERR(semop(id, &op, 1), EIDRM));
    WAIT_FOR(semctl(id, 0, GETNCNT) == 1);
    remove_set(id);
    CHECK_EXITS(child, 0);
}

static void what_a_process_did_is_undone(void)
{
    int id = make_set(2);

    CHECK_EQ(semctl(id, 0, SETVAL, (union semun){.val = 5}), 0);
    CHECK_EXITS(CHILD({
                    CHECK_EQ(operate(id, 0, -2, SEM_UNDO), 0);
                    CHECK_EQ(operate(id, 0, -1, 0), 0);
                    CHECK_EQ(operate(id, 1, 4, SEM_UNDO), 0);
                    CHECK_EQ(operate(id, 1, -1, 0), 0);
                    CHECK_EQ(value_of(id, 0), 2);
                }),
                0);
    CHECK_EQ(value_of(id, 0), 4);
    CHECK_EQ(value_of(id, 1), 0); /* never below */
    CHECK_EXITS(CHILD({
                    CHECK_EQ(operate(id, 0, -2, SEM_UNDO), 0);
                    CHECK_EQ(semctl(id, 0, SETVAL, (union semun){.val = 9}), 0);
                }),
                0);
    CHECK_EQ(value_of(id, 0), 9);
    remove_set(id);
}

/* A child that shares, with CLONE_SYSVSEM, what is to be undone. */
static pid_t sharing_child(void)
{
    return (pid_t)syscall(SYS_clone, CLONE_SYSVSEM | SIGCHLD, NULL, NULL, NULL, NULL);
}

/* Takes two and is gone; what is left then. */
static int left_by_child_of_sharer(int id)
{
    pid_t child = sharing_child();

    if (!child)
        _exit(operate(id, 0, -2, SEM_UNDO) != 0);
    CHECK_EXITS(child, 0);
    return value_of(id, 0);
}

static void what_is_undone_may_be_shared(void)
{
    int id = make_set(1);

    CHECK_EQ(semctl(id, 0, SETVAL, (union semun){.val = 9}), 0);
    /* It is undone when the last that shares it ends. */
    CHECK_EXITS(CHILD({
                    CHECK_EQ(operate(id, 0, -1, SEM_UNDO), 0);
                    CHECK_EQ(left_by_child_of_sharer(id), 6);
                }),
                0);
    CHECK_EQ(value_of(id, 0), 9);
    CHECK_EXITS(CHILD(CHECK_EQ(left_by_child_of_sharer(id), 7)), 0);
    CHECK_EQ(value_of(id, 0), 9);
    /* Or shares it no more. */
    CHECK_EXITS(CHILD({
                    CHECK_EQ(left_by_child_of_sharer(id), 7);
                    CHECK_EQ(unshare(CLONE_SYSVSEM), 0);
                    CHECK_EQ(value_of(id, 0), 9);
                    CHECK_EQ(operate(id, 0, -3, SEM_UNDO), 0);
                    CHECK_EQ(left_by_child_of_sharer(id), 4);
                }),
                0);
    CHECK_EQ(value_of(id, 0), 9);
    /* One that is forked otherwise begins anew. */
    CHECK_EXITS(CHILD({
                    CHECK_EQ(operate(id, 0, -1, SEM_UNDO), 0);
                    CHECK_EXITS(CHILD(CHECK_EQ(operate(id, 0, -2, SEM_UNDO), 0)), 0);
                    CHECK_EQ(value_of(id, 0), 8);
                }),
                0);
    CHECK_EQ(value_of(id, 0), 9);
    remove_set(id);
}

static void what_is_shared_is_given_up(void)
{
    CHECK_EQ(unshare(0), 0);
    CHECK_EQ(unshare(CLONE_THREAD | CLONE_SIGHAND | CLONE_VM), 0);
    CHECK_ERR(unshare(CLONE_PARENT), EINVAL);
    CHECK_EXITS(CHILD({
                    pid_t child = (pid_t)syscall(SYS_clone, CLONE_FS | CLONE_FILES | SIGCHLD,
                                                 NULL, NULL, NULL, NULL);

                    if (!child) {
                        umask(077);
                        if (unshare(CLONE_FS | CLONE_FILES) != 0)
                            _exit(1);
                        umask(0);
                        close(STDIN_FILENO);
                        _exit(0);
                    }
                    CHECK_EXITS(child, 0);
                    CHECK_EQ(umask(0), 077);
                    CHECK(fcntl(STDIN_FILENO, F_GETFD) >= 0);
                }),
                0);
}

/* --- messages --- */

struct message {
    long type;
    char text[16];
};

static int make_queue(void)
{
    int id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);

    CHECK(id >= 0);
    return id;
}

static void post(int id, long type, const char *text)
{
    struct message m = {.type = type};

    strcpy(m.text, text);
    CHECK_EQ(msgsnd(id, &m, strlen(text), 0), 0);
}

static void fetch(int id, long type, int flags, const char *expected)
{
    struct message m;
    ssize_t size = msgrcv(id, &m, sizeof(m.text), type, flags);

    CHECK_EQ(size, strlen(expected));
    CHECK(!memcmp(m.text, expected, strlen(expected)));
}

static void messages_by_type(void)
{
    struct msqid_ds ds;
    struct message m;
    int id = make_queue();

    post(id, 5, "five");
    post(id, 3, "three");
    post(id, 4, "four");
    post(id, 3, "again");
    post(id, 9, "");
    CHECK_EQ(msgctl(id, IPC_STAT, &ds), 0);
    CHECK(ds.msg_qnum == 5 && ds.__msg_cbytes == 18 && ds.msg_lspid == getpid() &&
          ds.msg_stime && ds.msg_qbytes);
    CHECK_ERR(msgrcv(id, &m, 3, 4, 0), E2BIG);
    fetch(id, 4, 0, "four");
    fetch(id, -4, 0, "three");
    fetch(id, 5, MSG_EXCEPT, "again");
    fetch(id, 1, MSG_COPY | IPC_NOWAIT, "");
    CHECK_ERR(msgrcv(id, &m, 1, 0, MSG_COPY | IPC_NOWAIT | MSG_NOERROR), EINVAL);
    CHECK_EQ(msgrcv(id, &m, 2, 0, MSG_NOERROR), 2);
    CHECK(!memcmp(m.text, "fi", 2) && m.type == 5);
    fetch(id, 0, 0, "");
    CHECK_ERR(msgrcv(id, &m, 2, 0, IPC_NOWAIT), ENOMSG);
    m.type = 0;
    CHECK_ERR(msgsnd(id, &m, 1, 0), EINVAL);
    CHECK_ERR(msgsnd(id, check_bad, 1, 0), EFAULT);
    CHECK_ERR(msgrcv(id, &m, (size_t)-1, 0, 0), EINVAL);
    CHECK_EQ(msgctl(id, IPC_RMID, NULL), 0);
    CHECK_ERR(msgctl(id, IPC_RMID, NULL), EINVAL);
}

static bool sleeps(pid_t pid)
{
    char name[40], state = 0;
    FILE *file;

    snprintf(name, sizeof(name), "/proc/%d/stat", pid);
    file = fopen(name, "r");
    CHECK(file && fscanf(file, "%*d (%*[^)]) %c", &state) == 1);
    fclose(file);
    return state == 'S';
}

static void a_message_is_waited_for(void)
{
    int id = make_queue();
    struct message m;
    pid_t child = CHILD(fetch(id, 2, 0, "for you"));

    post(id, 1, "not for you");
    post(id, 2, "for you");
    CHECK_EXITS(child, 0);
    fetch(id, 0, 0, "not for you");
    child = CHILD(CHECK_ERR(msgrcv(id, &m, sizeof(m.text), 0, 0), EIDRM));
    WAIT_FOR(sleeps(child));
    CHECK_EQ(msgctl(id, IPC_RMID, NULL), 0);
    CHECK_EXITS(child, 0);
}

static void a_full_queue(void)
{
    struct msqid_ds ds;
    struct message m = {1, "0123456789"};
    int id = make_queue();
    pid_t child;

    CHECK_EQ(msgctl(id, IPC_STAT, &ds), 0);
    ds.msg_qbytes = 25;
    ds.msg_perm.mode = 0640;
    CHECK_EQ(msgctl(id, IPC_SET, &ds), 0);
    CHECK(msgsnd(id, &m, 10, 0) == 0 && msgsnd(id, &m, 10, 0) == 0);
    CHECK_ERR(msgsnd(id, &m, 10, IPC_NOWAIT), EAGAIN);
    CHECK_EQ(msgsnd(id, &m, 5, IPC_NOWAIT), 0);
    child = CHILD(CHECK_EQ(msgsnd(id, &m, 6, 0), 0));
    fetch(id, 0, 0, "0123456789");
    CHECK_EXITS(child, 0);
    CHECK_EQ(msgctl(id, IPC_STAT, &ds), 0);
    CHECK(ds.msg_qnum == 3 && ds.msg_perm.mode == 0640);
    CHECK_EQ(msgctl(id, IPC_RMID, NULL), 0);
}

static void objects_are_listed(void)
{
    static const char *const files[] = {"/proc/sysvipc/shm", "/proc/sysvipc/sem",
                                        "/proc/sysvipc/msg"};
    int ids[] = {shmget(IPC_PRIVATE, PAGE, 0600), make_set(1), make_queue()};

    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        FILE *file = fopen(files[i], "r");
        char line[400];
        int key, id, found = 0;

        CHECK(file && fgets(line, sizeof(line), file));
        while (fgets(line, sizeof(line), file))
            found |= sscanf(line, "%d %d", &key, &id) == 2 && id == ids[i] && key == 0;
        CHECK(found);
        fclose(file);
    }
    CHECK_EQ(shmctl(ids[0], IPC_RMID, NULL), 0);
    remove_set(ids[1]);
    CHECK_EQ(msgctl(ids[2], IPC_RMID, NULL), 0);
}

static const struct check_case cases[] = {
    CASE(memory_is_shared),
    CASE(memory_by_key),
    CASE(memory_at_a_place),
    CASE(semaphores_have_values),
    CASE(all_operations_or_none),
    CASE(a_semaphore_is_waited_for),
    CASE(a_wait_ends_early),
    CASE(what_a_process_did_is_undone),
    CASE(what_is_undone_may_be_shared),
    CASE(what_is_shared_is_given_up),
    CASE(messages_by_type),
    CASE(a_message_is_waited_for),
    CASE(a_full_queue),
    CASE(objects_are_listed),
};
CHECK_MAIN(cases)
