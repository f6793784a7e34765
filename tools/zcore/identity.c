/*
 * identity.c - who the program runs as.
 */
#include "tools/zcore/identity.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/zcore/status.h"

/* A file of the guest's root, as it is before the guest changes it. NULL: there is none. */
static FILE *open_in_root(const char *root, const char *name)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/%s", root, name);
    return fopen(path, "re");
}

static bool parse_id(const char *text, uint32_t *id)
{
    char *end;
    unsigned long value;

    errno = 0;
    value = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || value >= UINT32_MAX)
        return false;
    *id = (uint32_t)value;
    return true;
}

/* By name or number. `name` gets the user's name, if it has one. */
static bool find_user(const char *root, const char *user, struct identity *id, char *name,
                      size_t size)
{
    bool numeric = parse_id(user, &id->uid), found = false;
    FILE *file = open_in_root(root, "etc/passwd");
    struct passwd *entry;

    id->gid = id->uid;
    while (file && !found && (entry = fgetpwent(file))) {
        found = numeric ? entry->pw_uid == id->uid : !strcmp(entry->pw_name, user);
        if (!found)
            continue;
        id->uid = entry->pw_uid;
        id->gid = entry->pw_gid;
        snprintf(name, size, "%s", entry->pw_name);
    }
    if (file)
        fclose(file);
    return found || numeric;
}

static bool find_group(const char *root, const char *group, uint32_t *gid)
{
    FILE *file;
    struct group *entry;
    bool found = false;

    if (parse_id(group, gid))
        return true;
    file = open_in_root(root, "etc/group");
    while (file && !found && (entry = fgetgrent(file))) {
        found = !strcmp(entry->gr_name, group);
        *gid = entry->gr_gid;
    }
    if (file)
        fclose(file);
    return found;
}

/* Those that /etc/group lists the user in. */
static void find_more_groups(const char *root, const char *name, struct identity *id)
{
    FILE *file = open_in_root(root, "etc/group");
    struct group *entry;

    while (file && (entry = fgetgrent(file)))
        for (char **member = entry->gr_mem; *member; member++)
            if (!strcmp(*member, name) && id->group_count < IDENTITY_GROUPS)
                id->groups[id->group_count++] = entry->gr_gid;
    if (file)
        fclose(file);
}

void identity_find(const char *root, const char *text, struct identity *id)
{
    char user[256], name[256] = "";
    const char *colon = strchr(text, ':');
    size_t length = colon ? (size_t)(colon - text) : strlen(text);

    *id = (struct identity){.uid = 0};
    snprintf(user, sizeof(user), "%.*s", (int)length, text);
    if (!length || length >= sizeof(user) || !find_user(root, user, id, name, sizeof(name)))
        errx(STATUS_FAILED, "--user=%s: there is no user %s in the guest's /etc/passwd", text,
             user);
    if (colon && !find_group(root, colon + 1, &id->gid))
        errx(STATUS_FAILED, "--user=%s: there is no group %s in the guest's /etc/group", text,
             colon + 1);
    if (!colon && *name)
        find_more_groups(root, name, id);
}
