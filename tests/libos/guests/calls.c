/* calls.c - the calls that programs make most, through whatever C library it is linked with. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int some(void)
{
    struct stat st;
    char byte = 'x';
    int fd = open("/dev/null", O_RDWR);

    if (fd < 0 || write(fd, &byte, 1) != 1 || read(fd, &byte, 1) != 0)
        return -1;
    if (lseek(fd, 0, SEEK_SET) != 0 || fstat(fd, &st) != 0 || close(fd) != 0)
        return -1;
    return stat("/", &st) || access("/", 0) || getppid() < 0;
}

int main(void)
{
    for (int i = 0; i < 3000; i++) {
        FILE *file;

        if (some() != 0)
            return 1;
        if (i % 10)
            continue;
        file = fopen("/dev/null", "r+");
        if (!file || fprintf(file, "some") != 4 || fclose(file) != 0)
            return 1;
    }
    puts("done");
    return 0;
}
