/*
 * race.c - for the thread sanitizer. With an argument its threads forget their lock.
 */
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>

enum { THREADS = 4, ROUNDS = 1000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int count;

static void *careful(void *arg)
{
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&lock);
        count++;
        pthread_mutex_unlock(&lock);
    }
    return arg;
}

static void *careless(void *arg)
{
    for (int i = 0; i < ROUNDS; i++)
        count++;
    return arg;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];

    (void)argv;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, argc > 1 ? careless : careful, NULL);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    printf("%d\n", argc > 1 ? 0 : count);
    return 0;
}
