/*
 * uts.h - what the system calls itself (uname(2)).
 */
#pragma once

/* struct new_utsname. The release says which Linux's behaviour programs may expect. */
struct utsname {
    char sysname[65], nodename[65], release[65], version[65], machine[65], domainname[65];
};

/* Constant once programs run. */
extern struct utsname linux_uts;

/* Before the first program; cut to 64 bytes. */
void linux_set_hostname(const char *name);
