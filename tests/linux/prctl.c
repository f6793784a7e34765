/*
 * prctl.c - settings of threads and processes.
 */
#include "tests/linux/check.h"

#include <elf.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/prctl.h>

#ifndef PR_GET_AUXV
#define PR_GET_AUXV 0x41555856
#endif

static void *name_thread(void *arg)
{
    char name[16];

    CHECK(prctl(PR_SET_NAME, "a name that is much too long") == 0);
    CHECK(prctl(PR_GET_NAME, name) == 0);
    CHECK(!strcmp(name, "a name that is "));
    return arg;
}

static void names_are_of_threads(void)
{
    char before[16], after[16];
    pthread_t thread;

    CHECK(prctl(PR_GET_NAME, before) == 0);
    CHECK(pthread_create(&thread, NULL, name_thread, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(prctl(PR_GET_NAME, after) == 0);
    CHECK(!strcmp(before, after));
    CHECK_ERR(prctl(PR_SET_NAME, check_bad), EFAULT);
    CHECK_ERR(prctl(PR_GET_NAME, check_bad), EFAULT);
}

static void no_new_privileges(void)
{
    CHECK_EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
    CHECK_ERR(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0), EINVAL);
    CHECK_ERR(prctl(PR_SET_NO_NEW_PRIVS, 1, 1, 0, 0), EINVAL);
    CHECK_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    CHECK_EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
    CHECK_EXITS(CHILD(CHECK_EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1)), 0);
    CHECK_ERR(prctl(PR_GET_NO_NEW_PRIVS, 1, 0, 0, 0), EINVAL);
}

static void small_settings(void)
{
    CHECK_EQ(prctl(PR_SET_DUMPABLE, 0), 0);
    CHECK_EQ(prctl(PR_GET_DUMPABLE), 0);
    CHECK_EQ(prctl(PR_SET_DUMPABLE, 1), 0);
    CHECK_EQ(prctl(PR_GET_DUMPABLE), 1);
    CHECK_ERR(prctl(PR_SET_DUMPABLE, 5), EINVAL);
    CHECK_EQ(prctl(PR_SET_TIMERSLACK, 1234), 0);
    CHECK_EQ(prctl(PR_GET_TIMERSLACK), 1234);
    CHECK_EQ(prctl(PR_SET_TIMERSLACK, 0), 0);
    CHECK(prctl(PR_GET_TIMERSLACK) > 0);
    CHECK_EQ(prctl(PR_GET_TIMING), 0);
    CHECK_ERR(prctl(PR_SET_TIMING, 1), EINVAL);
    CHECK_ERR(prctl(99999), EINVAL);
}

static void the_auxiliary_vector(void)
{
    uint64_t auxv[256] = {0};
    int size = prctl(PR_GET_AUXV, auxv, sizeof(auxv), 0, 0);

    if (size < 0 && errno == EINVAL)
        SKIP("the kernel has no PR_GET_AUXV");
    CHECK(size > 0 && size <= (int)sizeof(auxv));
    for (int i = 0; auxv[i] != AT_NULL; i += 2)
        if (auxv[i] == AT_ENTRY || auxv[i] == AT_PAGESZ || auxv[i] == AT_PHDR)
            CHECK_EQ(auxv[i + 1], getauxval(auxv[i]));
    CHECK_ERR(prctl(PR_GET_AUXV, check_bad, 16, 0, 0), EFAULT);
    CHECK_ERR(prctl(PR_GET_AUXV, auxv, 16, 1, 0), EINVAL);
}

static const struct check_case cases[] = {
    CASE(names_are_of_threads),
    CASE(no_new_privileges),
    CASE(small_settings),
    CASE(the_auxiliary_vector),
};
CHECK_MAIN(cases)
