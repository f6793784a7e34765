/*
 * result_copy.c - copying out a result, bringing in the pages that it needs.
 */
#include "personality/linux/result_copy.h"

CO_FN(result_copy)
{
    status_t st;

    while ((st = copy_to_user(&f->thread->user, f->to, f->from, f->size)) == ERR_USER_PAGE) {
        THREAD_PAGE_IN(st, f->thread);
        if (st != OK)
            CO_RETURN(ERR_FAULT);
    }
    CO_RETURN(st);
}
CO_END
