/*
 * heap.c - for the address sanitizer. With an argument it reads what it has freed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    char *text = malloc(8);

    (void)argv;
    strcpy(text, "text");
    puts(text);
    free(text);
    return argc > 1 ? text[0] : 0;
}
