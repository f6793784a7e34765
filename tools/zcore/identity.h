/*
 * identity.h - who the program runs as (--user).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { IDENTITY_GROUPS = 64 };

struct identity {
    uint32_t uid, gid;
    uint32_t group_count, groups[IDENTITY_GROUPS];
};

/*
 * `text` is USER[:GROUP], names or numbers; names are those of etc/passwd and etc/group below
 * `root`. Without GROUP it is the user's own, and the groups that list the user are added; a
 * number without an entry has a group of the same number. Ends the launcher if there is none.
 */
void identity_find(const char *root, const char *text, struct identity *id);
