/*
 * capability.c - capabilities and set-ID programs: capget(2), prctl(2), execve(2),
 * capabilities(7). What a host has bounded is not asked for.
 */
#define _GNU_SOURCE
#include "tests/linux/check.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

enum { USER = 1977541, OTHER };

struct sets {
    uint64_t effective, permitted, inheritable;
};

static struct sets get(void)
{
    struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct d[2];

    CHECK_EQ(syscall(SYS_capget, &h, d), 0);
    return (struct sets){(uint64_t)d[1].effective << 32 | d[0].effective,
                         (uint64_t)d[1].permitted << 32 | d[0].permitted,
                         (uint64_t)d[1].inheritable << 32 | d[0].inheritable};
}

static int set(const struct sets *s)
{
    struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct d[2] = {
        {(uint32_t)s->effective, (uint32_t)s->permitted, (uint32_t)s->inheritable},
        {(uint32_t)(s->effective >> 32), (uint32_t)(s->permitted >> 32),
         (uint32_t)(s->inheritable >> 32)}};

    return (int)syscall(SYS_capset, &h, d);
}

static bool has(unsigned cap)
{
    return get().effective & 1ull << cap;
}

static void root_has_them(void)
{
    struct sets s = get();

    CHECK(s.effective && s.effective == s.permitted);
    CHECK(has(CAP_SETUID) && has(CAP_CHOWN) && has(CAP_DAC_OVERRIDE));
    CHECK_EQ(prctl(PR_CAPBSET_READ, CAP_CHOWN), 1);
    CHECK_ERR(prctl(PR_CAPBSET_READ, 1000), EINVAL);
}

static void versions(void)
{
    struct __user_cap_header_struct h = {0x1234, 0};
    struct __user_cap_data_struct d[2];

    CHECK_ERR(syscall(SYS_capget, &h, d), EINVAL);
    CHECK_EQ(h.version, _LINUX_CAPABILITY_VERSION_3);
    h.version = 0;
    CHECK_EQ(syscall(SYS_capget, &h, NULL), 0);
    h = (struct __user_cap_header_struct){_LINUX_CAPABILITY_VERSION_3, -1};
    CHECK_ERR(syscall(SYS_capget, &h, d), EINVAL);
    h.pid = 0x3ffffff;
    CHECK_ERR(syscall(SYS_capget, &h, d), ESRCH);
    h.pid = 1;
    CHECK_ERR(syscall(SYS_capset, &h, d), EPERM);
    CHECK_ERR(syscall(SYS_capget, NULL, d), EFAULT);
    h = (struct __user_cap_header_struct){_LINUX_CAPABILITY_VERSION_1, 0};
    CHECK_EQ(syscall(SYS_capget, &h, d), 0);
}

static void another_user_has_none(void)
{
    CHECK_EQ(setuid(USER), 0);
    CHECK_EQ(get().effective | get().permitted, 0);
    CHECK_ERR(setuid(0), EPERM);
    CHECK_ERR(chroot("/"), EPERM);
    CHECK_ERR(prctl(PR_CAPBSET_DROP, CAP_CHOWN), EPERM);
}

static void effective_ones_come_and_go_with_the_id(void)
{
    CHECK_EQ(seteuid(USER), 0);
    CHECK_EQ(get().effective, 0);
    CHECK(get().permitted != 0);
    CHECK_EQ(seteuid(0), 0);
    CHECK_EQ(get().effective, get().permitted);
    setfsuid(USER);
    CHECK(!has(CAP_DAC_OVERRIDE) && !has(CAP_CHOWN) && has(CAP_SETUID));
    setfsuid(0);
    CHECK(has(CAP_DAC_OVERRIDE) && has(CAP_CHOWN));
}

static void they_may_be_kept(void)
{
    struct sets s;

    CHECK_EQ(prctl(PR_GET_KEEPCAPS), 0);
    CHECK_ERR(prctl(PR_SET_KEEPCAPS, 2), EINVAL);
    CHECK_EQ(prctl(PR_SET_KEEPCAPS, 1), 0);
    CHECK_EQ(prctl(PR_GET_KEEPCAPS), 1);
    CHECK_EQ(setuid(USER), 0);
    s = get();
    CHECK(s.permitted && !s.effective);
    s.effective = 1ull << CAP_SETUID;
    CHECK_EQ(set(&s), 0);
    CHECK_EQ(setresuid(OTHER, OTHER, 0), 0);
}

static void what_is_given_up_is_gone(void)
{
    struct sets s = get(), all = s;

    s.effective &= ~(1ull << CAP_CHOWN);
    CHECK_EQ(set(&s), 0);
    CHECK_ERR(chown("/proc/self/fd", 1, 1), EPERM);
    CHECK_EQ(set(&all), 0);
    s.permitted = s.effective;
    CHECK_EQ(set(&s), 0);
    CHECK_ERR(set(&all), EPERM);
    s.effective |= 1ull << CAP_CHOWN;
    CHECK_ERR(set(&s), EPERM);
}

static void access_follows(void)
{
    char name[] = "/tmp/capability.XXXXXX";
    struct sets s = get();
    int fd = mkstemp(name);

    CHECK(fd >= 0);
    close(fd);
    CHECK_EQ(chown(name, USER, USER), 0);
    CHECK_EQ(chmod(name, 0600), 0);
    s.effective &= ~(1ull << CAP_DAC_OVERRIDE | 1ull << CAP_DAC_READ_SEARCH);
    CHECK_EQ(set(&s), 0);
    fd = open(name, O_RDWR);
    unlink(name);
    CHECK(fd == -1);
}

static void ambient(void)
{
    struct sets s = get();

    CHECK_ERR(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0), EPERM);
    s.inheritable |= 1ull << CAP_CHOWN;
    CHECK_EQ(set(&s), 0);
    CHECK_EQ(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0), 0);
    CHECK_EQ(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_CHOWN, 0, 0), 1);
    CHECK_EQ(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, CAP_CHOWN, 0, 0), 0);
    CHECK_EQ(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_CHOWN, 0, 0), 0);
    CHECK_EQ(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), 0);
    CHECK_ERR(prctl(PR_CAP_AMBIENT, 9, 0, 0, 0), EINVAL);
}

static void secure_bits(void)
{
    enum { NO_FIXUP = 1 << 2, NO_FIXUP_LOCKED = 1 << 3 };

    CHECK_EQ(prctl(PR_GET_SECUREBITS), 0);
    CHECK_ERR(prctl(PR_SET_SECUREBITS, 1 << 12), EPERM);
    CHECK_EQ(prctl(PR_SET_SECUREBITS, NO_FIXUP | NO_FIXUP_LOCKED), 0);
    CHECK_ERR(prctl(PR_SET_SECUREBITS, 0), EPERM);
    CHECK_EQ(setuid(USER), 0);
    CHECK(has(CAP_CHOWN));
}

static void bounded(void)
{
    CHECK_EXITS(CHILD({
                    CHECK_EQ(prctl(PR_CAPBSET_DROP, CAP_CHOWN), 0);
                    CHECK_EQ(prctl(PR_CAPBSET_READ, CAP_CHOWN), 0);
                    CHECK(has(CAP_CHOWN));
                    execl("/proc/self/exe", "capability", "-without-chown", NULL);
                }),
                0);
}

static void without_chown(void)
{
    _exit(has(CAP_CHOWN) || !has(CAP_SETUID));
}

/* What a set-ID copy of this program sees, in its exit code. */
enum { EFFECTIVE_USER = 1, REAL_USER = 2, SECURE = 4, EFFECTIVE_GROUP = 8, ROOT_CAPS = 16 };

static void ids(void)
{
    _exit((geteuid() == USER) * EFFECTIVE_USER | (getuid() == USER) * REAL_USER |
          (getauxval(AT_SECURE) != 0) * SECURE | (getegid() == USER) * EFFECTIVE_GROUP |
          (get().effective != 0) * ROOT_CAPS);
}

static void copy_program(const char *to, uid_t owner, mode_t mode)
{
    static char buffer[1 << 16];
    int in = open("/proc/self/exe", O_RDONLY), out = open(to, O_WRONLY | O_CREAT, 0700);
    ssize_t n;

    CHECK(in >= 0 && out >= 0);
    while ((n = read(in, buffer, sizeof(buffer))) > 0)
        CHECK_EQ(write(out, buffer, (size_t)n), n);
    CHECK_EQ(fchown(out, owner, owner), 0);
    CHECK_EQ(fchmod(out, mode), 0);
    close(in);
    close(out);
}

static int run_ids(const char *program, uid_t as, bool no_new_privs)
{
    int status;
    pid_t pid = CHILD({
        CHECK_EQ(setgid(as), 0);
        CHECK_EQ(setuid(as), 0);
        if (no_new_privs)
            CHECK_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
        execl(program, "capability", "-ids", NULL);
        _exit(99);
    });

    CHECK_EQ(waitpid(pid, &status, 0), pid);
    CHECK(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static const char *folder;
static char program[64];

static void make_folder(void)
{
    folder = check_scratch();
    CHECK_EQ(chmod(folder, 0755), 0);
    snprintf(program, sizeof(program), "%s/copy", folder);
}

static void set_id_programs(void)
{
    int plain, user, group, root, confined;

    make_folder();
    copy_program(program, USER, 0755);
    plain = run_ids(program, OTHER, false);
    CHECK_EQ(chmod(program, 04755), 0);
    user = run_ids(program, OTHER, false);
    confined = run_ids(program, OTHER, true);
    CHECK_EQ(chmod(program, 02755), 0);
    group = run_ids(program, OTHER, false);
    CHECK_EQ(chown(program, 0, 0), 0);
    CHECK_EQ(chmod(program, 04755), 0);
    root = run_ids(program, USER, false);
    CHECK_EQ(plain, 0);
    CHECK_EQ(user, EFFECTIVE_USER | SECURE);
    CHECK_EQ(confined, 0);
    CHECK_EQ(group, EFFECTIVE_GROUP | SECURE);
    CHECK_EQ(root, REAL_USER | EFFECTIVE_GROUP | SECURE | ROOT_CAPS);
}

static void not_from_a_nosuid_mount(void)
{
    int seen;

    make_folder();
    if (unshare(CLONE_NEWNS) == 0)
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
    else if (errno != EINVAL)
        SKIP("no mount of one's own");
    if (mount("none", folder, "tmpfs", MS_NOSUID, NULL) != 0)
        SKIP("no mount of one's own");
    copy_program(program, USER, 04755);
    seen = run_ids(program, OTHER, false);
    umount2(folder, MNT_DETACH);
    CHECK_EQ(seen, 0);
}

/* --- capabilities of files --- */

struct file_caps {
    uint32_t magic;
    struct {
        uint32_t permitted, inheritable;
    } half[2];
};

static int give_file(const char *path, uint32_t flags, uint64_t permitted, uint64_t inheritable)
{
    const struct file_caps caps = {
        VFS_CAP_REVISION_2 | flags,
        {{(uint32_t)permitted, (uint32_t)inheritable},
         {(uint32_t)(permitted >> 32), (uint32_t)(inheritable >> 32)}}};

    return setxattr(path, "security.capability", &caps, sizeof(caps), 0);
}

/* What the program finds, in its exit code: CAP_CHOWN permitted, effective; it is secure; any
 * other. */
enum { PERMITTED = 1, IN_EFFECT = 2, IS_SECURE = 4, MORE = 8, AMBIENT = 16 };

static void file_caps(void)
{
    const uint64_t chown_bit = 1ull << CAP_CHOWN;
    struct sets s = get();

    _exit(!!(s.permitted & chown_bit) * PERMITTED | !!(s.effective & chown_bit) * IN_EFFECT |
          (getauxval(AT_SECURE) != 0) * IS_SECURE | !!(s.permitted & ~chown_bit) * MORE |
          prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_CHOWN, 0, 0) * AMBIENT);
}

enum how { PLAINLY, CONFINED, BOUNDED, INHERITING, WITH_AMBIENT };

/* As another user, or as root without a change of ids. */
static int run_caps(uid_t as, enum how how)
{
    int status;
    pid_t pid = CHILD({
        struct sets s;

        if (how == BOUNDED)
            CHECK_EQ(prctl(PR_CAPBSET_DROP, CAP_CHOWN), 0);
        CHECK_EQ(prctl(PR_SET_KEEPCAPS, 1), 0);
        CHECK(setgid(as) == 0 && setuid(as) == 0);
        s = (struct sets){0, 0, 0};
        if (how == INHERITING || how == WITH_AMBIENT)
            s.permitted = s.inheritable = 1ull << CAP_CHOWN;
        if (as)
            CHECK_EQ(set(&s), 0);
        if (how == WITH_AMBIENT)
            CHECK_EQ(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0), 0);
        if (how == CONFINED)
            CHECK_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
        execl(program, "capability", "-file-caps", NULL);
        _exit(errno == EPERM ? 98 : 99);
    });

    CHECK_EQ(waitpid(pid, &status, 0), pid);
    CHECK(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void make_program(void)
{
    make_folder();
    copy_program(program, 0, 0755);
    if (give_file(program, 0, 0, 0) != 0)
        SKIP("files have no capabilities");
}

static void files_give_capabilities(void)
{
    const uint64_t one = 1ull << CAP_CHOWN;

    make_program();
    CHECK_EQ(run_caps(USER, PLAINLY), 0);
    CHECK_EQ(give_file(program, 0, one, 0), 0);
    CHECK_EQ(run_caps(USER, PLAINLY), PERMITTED | IS_SECURE);
    CHECK_EQ(run_caps(USER, CONFINED), 0);
    CHECK_EQ(run_caps(USER, BOUNDED), 0);
    CHECK_EQ(give_file(program, VFS_CAP_FLAGS_EFFECTIVE, one, 0), 0);
    CHECK_EQ(run_caps(USER, PLAINLY), PERMITTED | IN_EFFECT | IS_SECURE);
    CHECK_EQ(run_caps(USER, BOUNDED), 98); /* it would not get what it does not ask for */
    CHECK_EQ(run_caps(0, PLAINLY), PERMITTED | IN_EFFECT | MORE);
    CHECK_EQ(give_file(program, VFS_CAP_FLAGS_EFFECTIVE, 0, one), 0);
    CHECK_EQ(run_caps(USER, PLAINLY), IS_SECURE);
    CHECK_EQ(run_caps(USER, INHERITING), PERMITTED | IN_EFFECT | IS_SECURE);
    /* Ambient ones do not go with a file's. */
    CHECK_EQ(run_caps(USER, WITH_AMBIENT), PERMITTED | IN_EFFECT | IS_SECURE);
    CHECK_EQ(removexattr(program, "security.capability"), 0);
    CHECK_EQ(run_caps(USER, INHERITING), 0);
    CHECK_EQ(run_caps(USER, WITH_AMBIENT), PERMITTED | IN_EFFECT | AMBIENT);
    /* Of set-user-ID root and capabilities the latter count. */
    CHECK_EQ(chmod(program, 04755), 0);
    CHECK_EQ(give_file(program, VFS_CAP_FLAGS_EFFECTIVE, one, 0), 0);
    CHECK_EQ(run_caps(USER, PLAINLY), PERMITTED | IN_EFFECT | IS_SECURE);
}

static bool file_has(void)
{
    struct file_caps caps;

    return getxattr(program, "security.capability", &caps, sizeof(caps)) == sizeof(caps);
}

static void files_lose_capabilities(void)
{
    const struct file_caps wrong = {.magic = 0x01000000};
    int fd;

    make_program();
    CHECK_ERR(setxattr(program, "security.capability", &wrong, sizeof(wrong), 0), EINVAL);
    CHECK_ERR(setxattr(program, "security.capability", &wrong, 3, 0), EINVAL);
    CHECK_EQ(give_file(program, 0, 1, 0), 0);
    CHECK(chmod(program, 0700) == 0 && file_has());
    CHECK(chown(program, USER, USER) == 0 && !file_has());
    CHECK_EQ(give_file(program, 0, 1, 0), 0);
    fd = open(program, O_RDWR);
    CHECK(fd >= 0 && file_has());
    CHECK(write(fd, "x", 1) == 1 && !file_has());
    CHECK_EQ(give_file(program, 0, 1, 0), 0);
    CHECK(ftruncate(fd, 9) == 0 && !file_has());
    CHECK_EQ(give_file(program, 0, 1, 0), 0);
    CHECK(truncate(program, 8) == 0 && !file_has());
    CHECK_EXITS(CHILD({
                    CHECK(setgid(USER) == 0 && setuid(USER) == 0);
                    CHECK_ERR(give_file(program, 0, 1, 0), EPERM);
                }),
                0);
}

static const struct check_case cases[] = {
    CASE(root_has_them),
    CASE(versions),
    CASE(another_user_has_none),
    CASE(effective_ones_come_and_go_with_the_id),
    CASE(they_may_be_kept),
    CASE(what_is_given_up_is_gone),
    CASE(access_follows),
    CASE(ambient),
    CASE(secure_bits),
    CASE(bounded),
    CASE(set_id_programs),
    CASE(not_from_a_nosuid_mount),
    CASE(files_give_capabilities),
    CASE(files_lose_capabilities),
};

int main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "-ids"))
        ids();
    if (argc > 1 && !strcmp(argv[1], "-without-chown"))
        without_chown();
    if (argc > 1 && !strcmp(argv[1], "-file-caps"))
        file_caps();
    return check_main(argc, argv, cases, ARRAY_SIZE(cases));
}
