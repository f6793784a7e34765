/* expect: unused-result */
#include "co/task.h"
struct callee {
    struct co co;
};
co_fn callee;
void broken(struct task *task, struct callee *c);
void broken(struct task *task, struct callee *c)
{
    callee(task, &c->co);
}
