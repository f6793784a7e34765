/*
 * input.c - without a terminal of ours the guest's terminal is still a terminal, which takes
 * lines and has special characters. So those are quoted (VLNEXT), a long line is passed on in
 * parts by the end-of-file character, and the end of our input becomes ends of file.
 */
#include "tools/zcore/input.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
    END_OF_FILE = 4,
    QUOTE = 22,
    LINE_PART = 1024, /* less than any terminal's line */
    ENDS = 32,        /* that many programs in turn find the end of the input */
    READ_SIZE = 2048, /* three bytes at most become of one */
};

static void add(struct input *input, char c)
{
    input->pending[input->to++] = c;
}

static void add_verbatim(struct input *input, char c)
{
    static const char special[] = {3, 4, 13, 15, 17, 18, 19, 21, 22, 23, 26, 28, 127};

    if (memchr(special, c, sizeof(special)))
        add(input, QUOTE);
    add(input, c);
    input->line = c == '\n' ? 0 : input->line + 1;
    if (input->line == LINE_PART) {
        add(input, END_OF_FILE);
        input->line = 0;
    }
}

static void add_end(struct input *input)
{
    if (input->line)
        add(input, END_OF_FILE);
    for (unsigned i = 0; i < ENDS; i++)
        add(input, END_OF_FILE);
}

void input_read(struct input *input)
{
    char data[READ_SIZE];
    ssize_t size = read(STDIN_FILENO, data, sizeof(data));

    if (size < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    input->from = input->to = 0;
    if (size <= 0) {
        input->open = false;
        if (!input->terminal)
            add_end(input);
        return;
    }
    for (ssize_t i = 0; i < size; i++) {
        if (input->terminal)
            add(input, data[i]);
        else
            add_verbatim(input, data[i]);
    }
}

void input_send(struct input *input)
{
    ssize_t size = write(input->fd, input->pending + input->from, input->to - input->from);

    if (size > 0)
        input->from += (size_t)size;
    else if (size < 0 && errno != EAGAIN && errno != EINTR)
        input->from = input->to; /* the machine is ending */
}

void input_type(struct input *input, char c)
{
    if (input->to == sizeof(input->pending)) {
        memmove(input->pending, input->pending + input->from, input->to - input->from);
        input->to -= input->from;
        input->from = 0;
    }
    if (input->to < sizeof(input->pending))
        add(input, c);
}
