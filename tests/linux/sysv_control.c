/*
 * sysv_control.c - System V IPC from outside: objects by index, how many there are, and who may
 * look at, change and remove them (shmctl(2), semctl(2), msgctl(2)).
 */
#define _GNU_SOURCE
#include "tests/linux/check.h"

#include <stddef.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

enum { OTHER_USER = 1977534, PAGE = 4096, SEMAPHORES = 3 };

union ds {
    struct shmid_ds shm;
    struct semid_ds sem;
    struct msqid_ds msg;
    struct shm_info shm_info;
    struct seminfo sem_info;
    struct msginfo msg_info;
};

union semun {
    union ds *ds;
};

static int shm_make(void)
{
    return shmget(IPC_PRIVATE, PAGE, 0600);
}

static int shm_control(int id, int command, union ds *ds)
{
    return shmctl(id, command, (void *)ds);
}

static int sem_make(void)
{
    return semget(IPC_PRIVATE, SEMAPHORES, 0600);
}

static int sem_control(int id, int command, union ds *ds)
{
    return semctl(id, 0, command, (union semun){.ds = ds});
}

static int msg_make(void)
{
    return msgget(IPC_PRIVATE, 0600);
}

static int msg_control(int id, int command, union ds *ds)
{
    return msgctl(id, command, (void *)ds);
}

static const struct kind {
    int (*make)(void);
    int (*control)(int id, int command, union ds *ds);
    int stat, info, stat_any;
    size_t perm; /* where it is in union ds */
} kinds[] = {
    {shm_make, shm_control, SHM_STAT, SHM_INFO, SHM_STAT_ANY, offsetof(union ds, shm.shm_perm)},
    {sem_make, sem_control, SEM_STAT, SEM_INFO, SEM_STAT_ANY, offsetof(union ds, sem.sem_perm)},
    {msg_make, msg_control, MSG_STAT, MSG_INFO, MSG_STAT_ANY, offsetof(union ds, msg.msg_perm)},
};

static struct ipc_perm *perm_of(const struct kind *k, union ds *ds)
{
    return (struct ipc_perm *)((char *)ds + k->perm);
}

static int make(const struct kind *k)
{
    int id = k->make();

    CHECK(id >= 0);
    return id;
}

static int index_of(const struct kind *k, int id)
{
    union ds ds;
    int highest = k->control(0, IPC_INFO, &ds);

    for (int i = 0; i <= highest; i++)
        if (k->control(i, k->stat_any, &ds) == id)
            return i;
    FAIL("it has no index");
}

static void an_object_has_an_index(void)
{
    for (const struct kind *k = kinds; k < kinds + ARRAY_SIZE(kinds); k++) {
        int id = make(k), index = index_of(k, id);
        union ds by_id, by_index;

        memset(&by_id, 1, sizeof(by_id));
        memset(&by_index, 2, sizeof(by_index));
        CHECK_EQ(k->control(id, IPC_STAT, &by_id), 0);
        CHECK_EQ(k->control(index, k->stat, &by_index), id);
        CHECK_EQ(perm_of(k, &by_id)->mode & 0777, 0600);
        CHECK_EQ(perm_of(k, &by_index)->mode & 0777, 0600);
        CHECK_EQ(perm_of(k, &by_index)->cuid, geteuid());
        CHECK_ERR(k->control(id, IPC_STAT, check_bad), EFAULT);
        CHECK_ERR(k->control(id, IPC_SET, check_bad), EFAULT);
        CHECK_EQ(k->control(id, IPC_RMID, NULL), 0);
        CHECK_ERR(k->control(id, IPC_STAT, &by_id), EINVAL);
        CHECK_ERR(k->control(id, IPC_SET, &by_id), EINVAL);
        CHECK_ERR(k->control(32767, k->stat, &by_id), EINVAL);
        CHECK_ERR(k->control(-1, IPC_RMID, NULL), EINVAL);
    }
}

static void other_users_may_not(void)
{
    for (const struct kind *k = kinds; k < kinds + ARRAY_SIZE(kinds); k++) {
        int id = make(k), index = index_of(k, id);
        union ds ds;

        CHECK_EXITS(CHILD({
                        CHECK_EQ(setuid(OTHER_USER), 0);
                        CHECK_ERR(k->control(id, IPC_STAT, &ds), EACCES);
                        CHECK_ERR(k->control(index, k->stat, &ds), EACCES);
                        CHECK_EQ(k->control(index, k->stat_any, &ds), id);
                        CHECK_ERR(k->control(id, IPC_SET, &ds), EPERM);
                        CHECK_ERR(k->control(id, IPC_RMID, NULL), EPERM);
                    }),
                    0);
        CHECK_EQ(k->control(id, IPC_RMID, NULL), 0);
    }
}

static void an_owner_may(void)
{
    for (const struct kind *k = kinds; k < kinds + ARRAY_SIZE(kinds); k++) {
        int id = make(k);
        union ds ds;

        CHECK_EQ(k->control(id, IPC_STAT, &ds), 0);
        perm_of(k, &ds)->uid = OTHER_USER;
        perm_of(k, &ds)->mode = 0640;
        CHECK_EQ(k->control(id, IPC_SET, &ds), 0);
        CHECK_EXITS(CHILD({
                        CHECK_EQ(setuid(OTHER_USER), 0);
                        CHECK_EQ(k->control(id, IPC_STAT, &ds), 0);
                        CHECK_EQ(perm_of(k, &ds)->uid, OTHER_USER);
                        CHECK_EQ(perm_of(k, &ds)->cuid, 0);
                        CHECK_EQ(perm_of(k, &ds)->mode & 0777, 0640);
                        CHECK_EQ(k->control(id, IPC_RMID, NULL), 0);
                    }),
                    0);
        CHECK_ERR(k->control(id, IPC_RMID, NULL), EINVAL);
    }
}

/* Others of the machine may have some, too. */
static void what_there_is_counts(void)
{
    int shm = make(&kinds[0]), sem = make(&kinds[1]), msg = make(&kinds[2]);
    struct {
        long type;
        char text[5];
    } m = {1, "four"};
    union ds ds;

    CHECK_EQ(msgsnd(msg, &m, sizeof(m.text), 0), 0);
    CHECK(shm_control(0, SHM_INFO, &ds) >= index_of(&kinds[0], shm));
    CHECK(ds.shm_info.used_ids >= 1 && ds.shm_info.shm_tot >= 1);
    CHECK(sem_control(0, SEM_INFO, &ds) >= index_of(&kinds[1], sem));
    CHECK(ds.sem_info.semusz >= 1 && ds.sem_info.semaem >= SEMAPHORES);
    CHECK(msg_control(0, MSG_INFO, &ds) >= index_of(&kinds[2], msg));
    CHECK(ds.msg_info.msgpool >= 1 && ds.msg_info.msgmap >= 1 &&
          ds.msg_info.msgtql >= (int)sizeof(m.text));
    CHECK_EQ(shm_control(shm, IPC_RMID, NULL), 0);
    CHECK_EQ(sem_control(sem, IPC_RMID, NULL), 0);
    CHECK_EQ(msg_control(msg, IPC_RMID, NULL), 0);
}

static const struct check_case cases[] = {
    CASE(an_object_has_an_index),
    CASE(other_users_may_not),
    CASE(an_owner_may),
    CASE(what_there_is_counts),
};
CHECK_MAIN(cases)
